"""Small parquet files as Hugging Face's hub serves them: invented rows in the columns of its data sets.

Run in this folder: python generate.py (pyarrow).
"""
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq


def write(path, columns, classes={}, named=True, **how):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    table = pa.table(columns)
    if named:
        features = {name: {"dtype": "string", "_type": "Value"} for name in columns}
        for name, names in classes.items():
            label = {"names": names, "_type": "ClassLabel"}
            features[name] = {"feature": label, "_type": "Sequence"} if name.endswith("_tags") or name == "upos" else label
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, **{"compression": "snappy", **how})


i32, i64, f32 = pa.int32(), pa.int64(), pa.float32()
write("mrpc/validation-00000-of-00001.parquet", {
    "sentence1": ["He said \"no\".", "It rains."], "sentence2": ["He refused.", "It snows – caf\u00e9 \U0001f600."],
    "label": pa.array([1, 0], i64), "idx": pa.array([9, 11], i32),
}, {"label": ["not_equivalent", "equivalent"]})
write("mrpc/test-00000-of-00001.parquet", {
    "sentence1": ["One."], "sentence2": ["Two."], "label": pa.array([-1], i64), "idx": pa.array([0], i32),
}, {"label": ["not_equivalent", "equivalent"]})
# Another library wrote this one: no names of classes, no compression; in two parts.
for part in [0, 1]:
    write(f"mnli/train-0000{part}-of-00002.parquet", {
        "premise": [f"P{part}", "Q"], "hypothesis": ["H", "I"], "label": pa.array([part, 2], i64), "idx": pa.array([0, 1], i32),
    }, named=False, compression="none")
write("mnli/validation_mismatched-00000-of-00001.parquet", {
    "premise": ["P"], "hypothesis": ["H"], "label": pa.array([1], i64), "idx": pa.array([0], i32),
}, {"label": ["entailment", "neutral", "contradiction"]})
write("stsb/validation-00000-of-00001.parquet", {
    "sentence1": ["A", "B"], "sentence2": ["C", "D"], "label": pa.array([3.8, 5.0], f32), "idx": pa.array([0, 1], i32),
})
write("stsb/test-00000-of-00001.parquet", {
    "sentence1": ["A"], "sentence2": ["C"], "label": pa.array([-1.0], f32), "idx": pa.array([0], i32),
})
answers = pa.struct([("text", pa.list_(pa.string())), ("answer_start", pa.list_(i32))])
# Code points are counted: the emoji is one of them, and two UTF-16 units.
context = "\U0001f600 Anna met Ben in Corbury."
write("plain_text/validation-00000-of-00001.parquet", {
    "id": ["q1", "q2"], "title": ["T", "T"], "context": [context] * 2, "question": ["Who met Ben?", "Where?"],
    "answers": pa.array([{"text": ["Anna", "Anna met"], "answer_start": [2, 2]}, {"text": ["Corbury"], "answer_start": [18]}], answers),
})
write("squad_v2/validation-00000-of-00001.parquet", {
    "id": ["q1", "q2"], "title": ["T", "T"], "context": [context] * 2, "question": ["Who met Ben?", "Why?"],
    "answers": pa.array([{"text": ["Anna"], "answer_start": [2]}, {"text": [], "answer_start": []}], answers),
})
write("regular/train-00000-of-00001.parquet", {
    "video-id": ["v1"], "fold-ind": ["1"], "startphrase": ["She opens the box. She"], "sent1": ["She opens the box."],
    "sent2": ["She"], "gold-source": ["gold"], "ending0": ["sings."], "ending1": ["looks inside."], "ending2": ["flies."],
    "ending3": ["is a box."], "label": pa.array([1], i64),
}, {"label": ["0", "1", "2", "3"]})
ner = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
write("conll2003/train-00000-of-00001.parquet", {
    "id": ["0", "1"], "tokens": [["Anna", "Smith", "sleeps"], ["Rain"]],
    "pos_tags": pa.array([[22, 22, 42], [22]], pa.list_(i64)), "ner_tags": pa.array([[1, 2, 0], [0]], pa.list_(i64)),
}, {"ner_tags": ner})

write("en_ewt/train-00000-of-00001.parquet", {
    "idx": ["s-1"], "text": ["They don't sleep"], "tokens": [["They", "don't", "do", "n't", "sleep"]],
    "upos": pa.array([[1, 2, 3, 4, 0]], pa.list_(i64)),
}, {"upos": ["VERB", "PRON", "_", "AUX", "PART"]})

# Files that must be refused, one fault each.
squad = {"id": ["q1"], "title": ["T"], "context": [context], "question": ["Who met Ben?"]}
dev = "validation-00000-of-00001.parquet"
write(f"broken/offset/{dev}", {**squad, "answers": pa.array([{"text": ["Anna"], "answer_start": [3]}], answers)})
write(f"broken/no_answers/{dev}", {**squad, "answers": pa.array([None], answers)})
none = {name: pa.array([], pa.string()) for name in squad}
write(f"broken/all_answered/{dev}", {**squad, "answers": pa.array([{"text": ["Anna"], "answer_start": [2]}], answers)})
write(f"broken/no_number/{dev}", {"sentence1": ["A"], "sentence2": ["B"], "label": pa.array([None], f32)})
write(f"broken/no_question/{dev}", {**none, "answers": pa.array([], answers)})
tokens, tags = pa.list_(pa.string()), pa.list_(i64)
write(f"broken/no_sentence/{dev}", {"tokens": pa.array([], tokens), "ner_tags": pa.array([], tags)}, {"ner_tags": ner})
write(f"broken/fewer_tags/{dev}", {"tokens": pa.array([["Rain"], ["Anna", "sleeps"]], tokens), "ner_tags": pa.array([[0], [1]], tags)}, {"ner_tags": ner})
write(f"broken/no_tokens/{dev}", {"tokens": pa.array([None], tokens), "ner_tags": pa.array([[0]], tags)}, {"ner_tags": ner})
write(f"broken/unknown_tag/{dev}", {"tokens": pa.array([["Rain"]], tokens), "ner_tags": pa.array([[9]], tags)}, {"ner_tags": ner})
write(f"broken/unknown_label/{dev}", {"sentence1": ["A"], "sentence2": ["B"], "label": pa.array([2], i64)}, {"label": ["not_equivalent", "equivalent"]})
write(f"broken/no_label/{dev}", {"sentence1": ["A"], "sentence2": ["B"], "label": pa.array([None], i64)}, {"label": ["not_equivalent", "equivalent"]})

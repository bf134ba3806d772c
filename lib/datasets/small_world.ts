/*
 * A small invented world and what can be written about it. Everything is decided by the generators that are
 * handed in: `createSmallWorld` settles who lives where and does what; the functions on the world write
 * texts in which those facts stay true.
 */
import type { Random } from "../random/mod.ts";

/** Someone in the world. */
export interface Person {
  readonly kind: "person";
  /** First and last name, for example "Mara Tellwick"; unique. */
  readonly name: string;
  /** "she" or "he". */
  readonly pronoun: "she" | "he";
  /** What the person does, for example "baker". */
  readonly job: string;
  /** Where the person lives. */
  readonly home: Town;
  /** The animal at home. */
  readonly pet: { readonly kind: string; readonly name: string };
  /** What the person likes best, for example "plum cake". */
  readonly food: string;
  /** Friends are mutual. */
  friend?: Person;
}

/** A place in the world. */
export interface Town {
  readonly kind: "town";
  /** Unique. */
  readonly name: string;
  /** The river that flows through it. */
  readonly river: string;
  /** What is made there, in the plural, for example "lamps". */
  readonly product: string;
  /** A yearly feast, for example "Lantern Fair". */
  readonly fair: string;
  /** When it is held. */
  readonly season: string;
  /** A company, for example "Corbury Boat Company". */
  readonly company: string;
}

/** Two texts, and whether the second follows from the first. */
export interface WorldPair {
  readonly a: string;
  readonly b: string;
  /** "entailment" or "not_entailment", as in RTE; for paraphrases "same" or "different". */
  readonly label: string;
}

/** A sentence and its class. */
export interface WorldSentence {
  readonly text: string;
  /** Sentiment: "positive" or "negative"; acceptability: "acceptable" or "unacceptable". */
  readonly label: string;
}

/** A passage and questions whose answers stand in it word for word: SQuAD's paragraph. */
export interface WorldPassage {
  readonly context: string;
  readonly questions: readonly {
    readonly id: string;
    readonly question: string;
    /** `context.slice(start, start + text.length) === text`. */
    readonly answer: { readonly text: string; readonly start: number };
  }[];
}

/** A sentence as words, each with its tag: "O", or "B-" or "I-" and PER, LOC, ORG or MISC. */
export interface WorldTags {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/** The world, and what can be written about it. All texts come from the generator that is passed. */
export interface SmallWorld {
  readonly people: readonly Person[];
  readonly towns: readonly Town[];
  /** Documents of 6 to 20 sentences each: portraits, stories, journeys, market days. */
  documents(count: number, random: Random): string[][];
  /** Does B follow from A? Half do. The world's facts do not decide it: everything needed is said in A. */
  entailments(count: number, random: Random): WorldPair[];
  /** Do A and B say the same? Half do. */
  paraphrases(count: number, random: Random): WorldPair[];
  /** Is the guest content? Some say so by "not bad", some change their mind after "but". */
  sentiments(count: number, random: Random): WorldSentence[];
  /** Is it English? Half have one mistake: agreement, article, tense or order of words. */
  acceptability(count: number, random: Random): WorldSentence[];
  /** Passages with three questions or more. */
  passages(count: number, random: Random): WorldPassage[];
  /** Sentences with people, places, companies and feasts marked; animals and goods are not. */
  tagged(count: number, random: Random): WorldTags[];
}

/** How large a world is. */
export interface SmallWorldOptions {
  /** Number of people, even. Default 80, at most 1600. */
  readonly people?: number;
  /** Number of towns. Default 16, at most 60. */
  readonly towns?: number;
}

/**
 * Invents a world. The texts exist so that all of BERT can be trained from nothing on a machine that has
 * nothing: a small vocabulary, facts that can be learnt, pronouns, plurals and tenses that a masked
 * language model has to get right, and every kind of task BERT is fine-tuned for. (Our choice: the
 * papers' corpora can neither be shipped nor learnt in minutes.)
 *
 * @param random decides names and facts
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { createSmallWorld } from "./small_world.ts";
 *
 * const world = createSmallWorld(createRandom(1));
 * const [document] = world.documents(1, createRandom(2));
 * console.log(document.join(" "));
 * const [{ context, questions }] = world.passages(1, createRandom(3));
 * const { question, answer } = questions[0];
 * console.log(question, context.slice(answer.start, answer.start + answer.text.length) === answer.text);
 * ```
 */
export function createSmallWorld(random: Random, options: SmallWorldOptions = {}): SmallWorld {
  const { people: peopleCount = 80, towns: townCount = 16 } = options;
  const limit = (name: string, value: number, most: number, even = false) => {
    if (!Number.isSafeInteger(value) || value < 4 || value > most || (even && value % 2 === 1)) {
      throw new RangeError(
        `a small world has 4 to ${most} ${name}${even ? ", an even number" : ""}; got ${value}`,
      );
    }
  };
  limit("people", peopleCount, 1600, true);
  limit("towns", townCount, 60);

  const towns = inventTowns(townCount, random.fork("towns"));
  const people = inventPeople(peopleCount, towns, random.fork("people"));
  const world = { people, towns };
  const make = <T>(count: number, one: () => T) => Array.from({ length: count }, one);
  return {
    ...world,
    documents: (count, random) => make(count, () => writeDocument(world, random).map(textOf)),
    entailments: (count, random) => make(count, () => writeEntailment(world, random)),
    paraphrases: (count, random) => make(count, () => writeParaphrase(world, random)),
    sentiments: (count, random) => make(count, () => writeSentiment(world, random)),
    acceptability: (count, random) => make(count, () => writeAcceptability(world, random)),
    passages(count, random) {
      let number = 0;
      return make(count, () => writePassage(world, random, () => `world-${++number}`));
    },
    tagged(count, random) {
      const sentences: WorldTags[] = [];
      while (sentences.length < count) {
        sentences.push(tagsOf(random.pick(writeDocument(world, random))));
      }
      return sentences;
    },
  };
}

type World = Pick<SmallWorld, "people" | "towns">;

// ---------------------------------------------------------------------------------------------- words

const SHE = words(
  `Mara Elin Tessa Nora Ivy Petra Lena Wilma Ada Greta Ruth Clara Edda Fenna Hilda Iris Jora
  Kaya Lotte Mina Orla Pia Rosa Selma Thea Una Vera Wanda Yara Zelda`,
);
const HE = words(
  `Tobin Oskar Felix Jonas Ralf Emil Anton Bruno Carl David Ernst Finn Gustav Henry Ivan Jakob
  Karl Leo Milan Nils Otto Paul Quint Robin Simon Theo Ulrich Viktor Walter Yuri`,
);
const LAST = [
  words("Tell Hart Bram Cole Ash Lind Fen Wood Green Stone Marsh Thorn Black Win"),
  words("wick ley ford man berg field well son"),
];
const TOWN = [
  words("Cor Bran Elm Oak Wil Har Mill Ash Red Stan Fal Lin Mor Whit Dun"),
  words("bury ton ham stead"),
];
const RIVER = [words("Am Ser Lo Ty Ver Is Nar Ol"), words("ra len den ne mar wy")];
const PET_NAMES = words(
  "Biscuit Button Pepper Shadow Patch Mustard Whiskers Pebble Thimble Clover Nutmeg Juno Bandit Feather Rusty Domino",
);
const PETS = words("dog cat goat parrot pony rabbit goose hedgehog");
const JOBS = words(
  `baker smith weaver fisher teacher doctor carpenter gardener potter tailor miller painter
  shepherd clockmaker innkeeper librarian`,
);
const FOODS = list(
  `plum cake|onion soup|fried fish|apple pie|rye bread|honey tea|carrot soup|goat cheese|nut bread|
  bean stew|walnut cake|pear jam`,
);
const PRODUCTS = words("lamps boats bells carpets kites clocks boots barrels candles violins");
const FAIRS = list(
  "Lantern Fair|Apple Feast|Kite Day|Bell Night|Winter Market|River Race|Harvest Dance|Candle Week",
);
const SEASONS = words("spring summer autumn winter");
const COLOURS = words("red blue green yellow white black brown grey");
/** Things that can be lost. */
const THINGS = words("kite umbrella lantern basket scarf hat kettle violin map key");
/** Goods that can be counted: one, many. */
const GOODS = list(
  "loaf/loaves|fish/fish|apple/apples|goose/geese|book/books|candle/candles|knife/knives|cherry/cherries|box/boxes|potato/potatoes",
)
  .map((pair) => pair.split("/") as [string, string]);
const NUMBERS = words("no one two three four five six seven eight nine ten eleven twelve");
const WEATHER = list(
  "It was a cold morning|The sun was shining|It had rained all night|A strong wind was blowing|It was a foggy day|Snow lay on the roofs",
);
const PLACES = list(
  "under the bridge|behind the mill|in the old barn|on the market square|by the well|near the church",
);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function list(text: string): string[] {
  return text.split("|").map((item) => item.trim());
}

const article = (noun: string) => /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
const him = (p: Person) => p.pronoun === "she" ? "her" : "him";
const his = (p: Person) => p.pronoun === "she" ? "her" : "his";

// -------------------------------------------------------------------------------------------- the world

function inventTowns(count: number, random: Random): Town[] {
  const names = random.shuffle(TOWN[0].flatMap((a) => TOWN[1].map((b) => a + b)));
  const rivers = random.shuffle(RIVER[0].flatMap((a) => RIVER[1].map((b) => a + b)));
  return Array.from({ length: count }, (_, i) => {
    const product = random.pick(PRODUCTS);
    const company = `${names[i]} ${capital(product.slice(0, -1))} Company`;
    return {
      kind: "town" as const,
      name: names[i],
      river: rivers[i % rivers.length],
      product,
      fair: random.pick(FAIRS),
      season: random.pick(SEASONS),
      company,
    };
  });
}

function inventPeople(count: number, towns: readonly Town[], random: Random): Person[] {
  const last = LAST[0].flatMap((a) => LAST[1].map((b) => a + b));
  const taken = new Set<string>();
  const people = Array.from({ length: count }, (_, i): Person => {
    const pronoun = i % 2 === 0 ? "she" : "he";
    let name: string;
    do name = `${random.pick(pronoun === "she" ? SHE : HE)} ${random.pick(last)}`; while (
      taken.has(name)
    );
    taken.add(name);
    return {
      kind: "person",
      name,
      pronoun,
      job: random.pick(JOBS),
      home: random.pick(towns),
      pet: { kind: random.pick(PETS), name: random.pick(PET_NAMES) },
      food: random.pick(FOODS),
    };
  });
  const shuffled = random.shuffle([...people]);
  for (let i = 0; i < count; i += 2) {
    shuffled[i].friend = shuffled[i + 1];
    shuffled[i + 1].friend = shuffled[i];
  }
  return people;
}

// -------------------------------------------------------------------------------------------- sentences

/** A piece of a sentence that names something. */
interface Mention {
  readonly text: string;
  readonly tag: "PER" | "LOC" | "ORG" | "MISC";
}

/** A sentence in pieces, so that what it names is still known. */
type Sentence = readonly (string | Mention)[];

type Named = Person | Town | Mention | string | number;

const org = (text: string): Mention => ({ text, tag: "ORG" });
const misc = (text: string): Mention => ({ text, tag: "MISC" });
const river = (text: string): Mention => ({ text, tag: "LOC" });

/** A sentence: `say`${person} lives in ${town}.``. The first letter becomes a capital. */
function say(texts: TemplateStringsArray, ...values: readonly Named[]): Sentence {
  const parts: (string | Mention)[] = [];
  texts.forEach((text, i) => {
    if (text !== "") parts.push(text);
    const value = values[i];
    if (value === undefined) return;
    if (typeof value === "object" && "kind" in value) {
      parts.push({ text: value.name, tag: value.kind === "person" ? "PER" : "LOC" });
    } else parts.push(typeof value === "number" ? `${value}` : value);
  });
  const [first] = parts;
  if (typeof first === "string") parts[0] = capital(first);
  return parts;
}

const textOf = (sentence: Sentence) =>
  capital(sentence.map((part) => typeof part === "string" ? part : part.text).join(""));

/** Splits at spaces and before and after punctuation, as data sets of entities do. */
function tagsOf(sentence: Sentence): WorldTags {
  const found: string[] = [];
  const tags: string[] = [];
  let first = true;
  for (const part of sentence) {
    const text = typeof part === "string" ? part : part.text;
    (text.match(/[\p{L}\p{N}]+(?:'s)?|[^\s\p{L}\p{N}]/gu) ?? []).forEach((word, i) => {
      found.push(first ? capital(word) : word);
      tags.push(typeof part === "string" ? "O" : `${i === 0 ? "B" : "I"}-${part.tag}`);
      first = false;
    });
  }
  return { words: found, tags };
}

/**
 * Names a person at the first mention and when another was last spoken of, and mostly uses the pronoun
 * otherwise, so that it always points at the person named last.
 */
class Narrator {
  #last?: Person;
  readonly #known = new Set<Person>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** As the subject of a sentence. */
  subject(p: Person): Person | Mention | string {
    const pronoun = p === this.#last && this.#random.bool(0.8);
    const known = this.#known.has(p);
    this.#last = p;
    this.#known.add(p);
    if (pronoun) return p.pronoun;
    return known && this.#random.bool(0.7) ? { text: p.name.split(" ")[0], tag: "PER" } : p;
  }

  /** Someone else enters: "he" and "she" would be unclear now. */
  forget(p: Person) {
    this.#known.add(p);
    this.#last = undefined;
  }
}

// -------------------------------------------------------------------------------------------- facts

/** Something that is true in the world and can be said in several ways. */
interface Fact {
  /** Ways to say it; `s` is how the subject is referred to. */
  readonly ways: readonly ((s: Named) => Sentence)[];
  /** Whom or what it is about. */
  readonly subject: Person | Town;
  /** A question, and the answer as it stands in every way to say it. */
  readonly question: string;
  readonly answer: string;
}

const PERSON_FACTS: readonly ((p: Person) => Fact)[] = [
  (p) => ({
    subject: p,
    ways: [
      (s) => say`${s} is ${article(p.job)}.`,
      (s) => say`${s} works as ${article(p.job)}.`,
      (s) => say`${s} has been ${article(p.job)} for many years.`,
    ],
    question: `What is the job of ${p.name}?`,
    answer: p.job,
  }),
  (p) => ({
    subject: p,
    ways: [
      (s) => say`${s} lives in ${p.home}.`,
      (s) => say`${s} has a house in ${p.home}.`,
      (s) => say`${s} has always lived in ${p.home}.`,
    ],
    question: `Where does ${p.name} live?`,
    answer: p.home.name,
  }),
  (p) => ({
    subject: p,
    ways: [
      (s) => say`${s} has ${article(p.pet.kind)} called ${p.pet.name}.`,
      (s) => say`${s} keeps ${article(p.pet.kind)} whose name is ${p.pet.name}.`,
      (s) => say`${s} owns ${article(p.pet.kind)}, and it is called ${p.pet.name}.`,
    ],
    question: `What is the ${p.pet.kind} of ${p.name} called?`,
    answer: p.pet.name,
  }),
  (p) => ({
    subject: p,
    ways: [
      (s) => say`${s} likes ${p.food} best.`,
      (s) => say`${s} likes nothing more than ${p.food}.`,
      (s) => say`${s} eats ${p.food} whenever there is some.`,
    ],
    question: `What does ${p.name} like best?`,
    answer: p.food,
  }),
];

const FRIENDSHIP = (p: Person): Fact => ({
  subject: p,
  ways: [
    (s) => say`${s} is a good friend of ${p.friend!}.`,
    (s) => say`${s} has a good friend, ${p.friend!}.`,
    (s) => say`${s} and ${p.friend!} have been friends since they were children.`,
  ],
  question: `Who is a friend of ${p.name}?`,
  answer: p.friend!.name,
});

const TOWN_FACTS: readonly ((t: Town) => Fact)[] = [
  (t) => ({
    subject: t,
    ways: [
      (s) => say`${s} lies on the river ${river(t.river)}.`,
      (s) => say`${s} was built on the banks of the ${river(t.river)}.`,
      (s) => say`${s} has three bridges over the ${river(t.river)}.`,
    ],
    question: `On which river does ${t.name} lie?`,
    answer: t.river,
  }),
  (t) => ({
    subject: t,
    ways: [
      (s) => say`${s} is known for its ${t.product}.`,
      (s) => say`${s} is famous because of its ${t.product}.`,
      (s) => say`${s} sells ${t.product} to all the other towns.`,
    ],
    question: `What is ${t.name} known for?`,
    answer: t.product,
  }),
  (t) => ({
    subject: t,
    ways: [
      (s) => say`${s} celebrates the ${misc(t.fair)} every ${t.season}.`,
      (s) => say`${s} is full of guests in ${t.season}, when the ${misc(t.fair)} is held.`,
      (s) => say`${s} looks forward to ${t.season}, because then comes the ${misc(t.fair)}.`,
    ],
    question: `When is the ${t.fair} of ${t.name}?`,
    answer: t.season,
  }),
  (t) => ({
    subject: t,
    ways: [
      (s) => say`${s} has a large workshop, the ${org(t.company)}.`,
      (s) => say`${s} is the home of the ${org(t.company)}.`,
      (s) => say`${s} is proud of the ${org(t.company)}.`,
    ],
    question: `Which company is in ${t.name}?`,
    answer: t.company,
  }),
];

// -------------------------------------------------------------------------------------------- documents

/** A question that a document answers. */
interface Asked {
  readonly question: string;
  readonly answer: string;
  /** Number of the sentence that holds the answer. */
  readonly sentence: number;
}

/** What a writer of documents fills. */
interface Draft {
  readonly sentences: Sentence[];
  readonly asked: Asked[];
}

type Writer = (world: World, random: Random, draft: Draft) => void;

function tell(draft: Draft, sentence: Sentence, question?: string, answer?: string) {
  draft.sentences.push(sentence);
  if (question && answer) {
    draft.asked.push({ question, answer, sentence: draft.sentences.length - 1 });
  }
}

function tellFact(draft: Draft, random: Random, fact: Fact, subject: Named) {
  tell(draft, random.pick(fact.ways)(subject), fact.question, fact.answer);
}

/** Who someone is. Present tense. */
const portrait: Writer = ({ people }, random, draft) => {
  const p = random.pick(people);
  const narrator = new Narrator(random);
  for (const fact of random.shuffle([...PERSON_FACTS, FRIENDSHIP])) {
    tellFact(draft, random, fact(p), narrator.subject(p));
    if (fact === FRIENDSHIP) {
      const f = p.friend!;
      tellFact(draft, random, random.pick(PERSON_FACTS)(f), narrator.subject(f));
      narrator.forget(p);
    }
  }
  const more = random.shuffle<((s: Named) => Sentence)[]>([
    (s) => say`${s} gets up early and goes to bed late.`,
    (s) => say`${s} reads books when it rains.`,
    (s) => say`${s} often walks along the ${river(p.home.river)} with ${his(p)} ${p.pet.kind}.`,
    (s) => say`${s} never misses the ${misc(p.home.fair)}.`,
    (s) => say`${s} buys ${his(p)} tools from the ${org(p.home.company)}.`,
    (s) => say`${s} knows everybody in ${p.home}.`,
  ]);
  for (const way of more.slice(0, random.int(2, 5))) tell(draft, way(narrator.subject(p)));
};

/** What a town is like. Present tense. */
const townPortrait: Writer = ({ people }, random, draft) => {
  const p = random.pick(people);
  const t = p.home;
  let first = true;
  const subject = (): Named => {
    const named = first || random.bool(0.4);
    first = false;
    return named ? t : random.pick(["the town", "it"]);
  };
  for (const fact of random.shuffle([...TOWN_FACTS])) tellFact(draft, random, fact(t), subject());
  const neighbours = people.filter(({ home }) => home === t);
  tell(draft, say`${neighbours.length > 1 ? "Many people" : "Few people"} live there.`);
  for (const n of random.shuffle([...neighbours]).slice(0, 3)) {
    tell(
      draft,
      say`One of them is ${n}, ${article(n.job)}.`,
      `What is the job of ${n.name}?`,
      n.job,
    );
    if (random.bool()) {
      tell(
        draft,
        say`${capital(n.pronoun)} is often seen with ${his(n)} ${n.pet.kind} ${n.pet.name}.`,
      );
    }
  }
  tell(draft, say`When it is ${t.season}, the streets are full of music.`);
};

/** Something is lost and found. Past tense. */
const lostAndFound: Writer = ({ people }, random, draft) => {
  const p = random.pick(people);
  let f = p.friend!;
  if (random.bool(0.3)) {
    do f = random.pick(people); while (f === p);
  }
  const [colour, thing, place] = [random.pick(COLOURS), random.pick(THINGS), random.pick(PLACES)];
  const narrator = new Narrator(random);
  tell(draft, say`${random.pick(WEATHER)}.`);
  tell(
    draft,
    say`${narrator.subject(p)} had lost ${his(p)} ${colour} ${thing}.`,
    `What had ${p.name} lost?`,
    thing,
  );
  tell(draft, say`${narrator.subject(p)} looked for it in the house, but it was not there.`);
  if (random.bool()) {
    tell(draft, say`${narrator.subject(p)} asked the neighbours, but they had not seen it either.`);
  }
  if (random.bool()) {
    tell(draft, say`${narrator.subject(p)} was sad, because the ${thing} had been a present.`);
  }
  tell(
    draft,
    say`Then ${f} came along with ${his(f)} ${f.pet.kind} ${f.pet.name}.`,
    `Who came along with ${f.pet.name}?`,
    f.name,
  );
  narrator.forget(f);
  tell(draft, say`"Have you seen my ${thing}?" asked ${narrator.subject(p)}.`);
  narrator.forget(p);
  tell(draft, say`"What colour is it?" asked ${narrator.subject(f)}.`);
  tell(draft, say`"It is ${colour}," said ${p}.`, `What colour was the ${thing}?`, colour);
  tell(draft, say`They looked for it together, and ${f.pet.name} helped them.`);
  tell(
    draft,
    say`In the end ${random.bool() ? f.pet.name : "they"} found the ${thing} ${place}.`,
    `Where was the ${thing} found?`,
    place,
  );
  narrator.forget(f);
  tell(draft, say`${narrator.subject(p)} was happy and thanked ${him(f)}.`);
  tell(
    draft,
    say`${narrator.subject(p)} gave ${f} some ${f.food}.`,
    `What did ${p.name} give to ${f.name}?`,
    f.food,
  );
  tell(draft, say`There is nothing that ${f} likes more.`);
};

/** Things are counted, bought and sold. Past tense; the numbers add up. */
const marketDay: Writer = ({ people }, random, draft) => {
  const p = random.pick(people);
  const [one, many] = random.pick(GOODS);
  const noun = (n: number) => n === 1 ? one : many;
  const amount = (n: number) => `${NUMBERS[n]} ${noun(n)}`;
  const had = random.int(4, 13);
  const sold = random.int(1, had - 1);
  const left = had - sold;
  let buyer: Person;
  do buyer = random.pick(people); while (buyer === p);
  const narrator = new Narrator(random);
  tell(draft, say`${random.pick(WEATHER)}.`);
  tell(
    draft,
    say`${narrator.subject(p)} went to the market in ${p.home}.`,
    `Where did ${p.name} go to the market?`,
    p.home.name,
  );
  tell(
    draft,
    say`${narrator.subject(p)} had ${amount(had)} to sell.`,
    `How many ${many} did ${p.name} have to sell?`,
    NUMBERS[had],
  );
  if (random.bool()) {
    tell(
      draft,
      say`${narrator.subject(p)} put ${had === 1 ? "it" : "them"} on a table and waited.`,
    );
  }
  tell(
    draft,
    say`After a while ${buyer} came, ${article(buyer.job)} from ${buyer.home}.`,
    `Who came to the market from ${buyer.home.name}?`,
    buyer.name,
  );
  narrator.forget(buyer);
  tell(
    draft,
    say`${buyer} bought ${amount(sold)} and paid at once.`,
    `How many ${many} did ${buyer.name} buy?`,
    NUMBERS[sold],
  );
  narrator.forget(p);
  tell(
    draft,
    say`${capital(NUMBERS[left])} ${noun(left)} ${left === 1 ? "was" : "were"} left.`,
    `How many ${many} were left?`,
    capital(NUMBERS[left]),
  );
  if (random.bool()) {
    tell(
      draft,
      say`${narrator.subject(p)} took ${left === 1 ? "it" : "them"} home in the evening.`,
    );
  } else {
    tell(
      draft,
      say`${narrator.subject(p)} gave ${left === 1 ? "it" : "them"} to ${p.friend!}.`,
      `Who got what was left?`,
      p.friend!.name,
    );
    narrator.forget(p);
  }
  tell(
    draft,
    say`With the money ${narrator.subject(p)} bought ${article(random.pick(COLOURS))} ${
      random.pick(THINGS)
    } and some ${p.food}.`,
  );
  tell(draft, say`${narrator.subject(p)} was tired but content.`);
};

/** From town to town. Past tense. */
const journey: Writer = ({ people, towns }, random, draft) => {
  const p = random.pick(people);
  const narrator = new Narrator(random);
  const stops = random.shuffle(towns.filter((t) => t !== p.home)).slice(0, random.int(2, 4));
  tell(draft, say`Last ${random.pick(SEASONS)} ${narrator.subject(p)} went on a journey.`);
  tell(
    draft,
    say`${narrator.subject(p)} left ${p.home} early in the morning with ${
      his(p)
    } ${p.pet.kind} ${p.pet.name}.`,
    `Which town did ${p.name} leave?`,
    p.home.name,
  );
  stops.forEach((t, i) => {
    const when = ["First", "Then", "After that", "At last"][i === stops.length - 1 ? 3 : i];
    tell(draft, say`${when} ${narrator.subject(p)} came to ${t}.`);
    tell(draft, random.pick(random.pick(TOWN_FACTS)(t).ways)(random.bool() ? t : "the town"));
    if (random.bool()) {
      tell(draft, say`${narrator.subject(p)} crossed the ${river(t.river)} by boat.`);
    } else {
      const coins = random.int(2, 13);
      tell(
        draft,
        say`${narrator.subject(p)} bought some ${t.product} there and paid ${
          NUMBERS[coins]
        } coins.`,
        `What did ${p.name} buy in ${t.name}?`,
        t.product,
      );
    }
    if (random.bool(0.4)) {
      tell(draft, say`${narrator.subject(p)} slept at an inn and ate ${random.pick(FOODS)}.`);
    }
  });
  tell(draft, say`${narrator.subject(p)} was glad to come home to ${p.home} again.`);
  tell(
    draft,
    say`There ${p.friend!} was waiting with ${p.food}.`,
    `Who was waiting for ${p.name}?`,
    p.friend!.name,
  );
};

/** Two friends meet and talk. Past tense, with direct speech in the present. */
const visit: Writer = ({ people }, random, draft) => {
  const p = random.pick(people);
  const f = p.friend!;
  const narrator = new Narrator(random);
  tell(
    draft,
    say`On Sunday ${narrator.subject(p)} visited ${f} in ${f.home}.`,
    `Whom did ${p.name} visit?`,
    f.name,
  );
  tell(
    draft,
    say`${narrator.subject(p)} brought ${
      his(p)
    } ${p.pet.kind} along, because ${p.pet.name} hates to be alone.`,
  );
  narrator.forget(f);
  tell(
    draft,
    say`${narrator.subject(f)} had cooked ${f.food}.`,
    `What had ${f.name} cooked?`,
    f.food,
  );
  if (p.food !== f.food) {
    tell(draft, say`"I like ${p.food} better," said ${p}, "but this is good, too."`);
  } else tell(draft, say`"That is what I like best," said ${p}.`);
  narrator.forget(f);
  tell(draft, say`"How is your work?" asked ${narrator.subject(f)}.`);
  tell(draft, say`"${capital(article(p.job))} always has something to do," said ${p}.`);
  tell(
    draft,
    say`They talked about the ${
      misc(random.bool() ? p.home.fair : f.home.fair)
    } and laughed a lot.`,
  );
  const [pet, other] = random.bool() ? [p.pet, f.pet] : [f.pet, p.pet];
  if (pet.name !== other.name) {
    tell(draft, say`Meanwhile ${pet.name} and ${other.name} slept by the fire.`);
  }
  tell(draft, say`When it got dark, ${p} went home.`);
  narrator.forget(p);
  tell(
    draft,
    say`${narrator.subject(f)} waved until ${
      p.pronoun === f.pronoun ? "the guest" : p.pronoun
    } was gone.`,
  );
};

const WRITERS: readonly Writer[] = [
  portrait,
  townPortrait,
  lostAndFound,
  marketDay,
  journey,
  visit,
];

function draftDocument(world: World, random: Random): Draft {
  const draft: Draft = { sentences: [], asked: [] };
  random.pick(WRITERS)(world, random, draft);
  return draft;
}

const writeDocument = (world: World, random: Random): Sentence[] =>
  draftDocument(world, random).sentences;

// -------------------------------------------------------------------------------------------- tasks

function writePassage(world: World, random: Random, id: () => string): WorldPassage {
  for (;;) {
    const { sentences, asked } = draftDocument(world, random);
    const texts = sentences.map(textOf);
    const starts = texts.map((_, i) =>
      texts.slice(0, i).reduce((n, text) => n + text.length + 1, 0)
    );
    const questions = asked.flatMap(({ question, answer, sentence }) => {
      const at = texts[sentence].search(new RegExp(`\\b${answer}\\b`)); // "one" is not in "Stone"
      if (at < 0) return []; // said by a pronoun or a first name
      return [{ id: id(), question, answer: { text: answer, start: starts[sentence] + at } }];
    });
    // One question must not have two answers.
    const once = questions.filter((q) =>
      questions.every((o) => o === q || o.question !== q.question)
    );
    if (once.length >= 3) return { context: texts.join(" "), questions: once };
  }
}

/** A fact about somebody, and one of the same kind that is not so. */
function factAndFalse({ people, towns }: World, random: Random) {
  if (random.bool(0.7)) {
    const facts = [...PERSON_FACTS, FRIENDSHIP];
    const kind = random.pick(facts);
    const p = random.pick(people);
    const truth = kind(p);
    for (;;) {
      const q = random.pick(people);
      const other = kind(q);
      if (q === p || q === p.friend || other.answer === truth.answer) continue;
      // The same person with someone else's answer: p with the job, the home, the pet or the taste of q.
      const lie: Fact = kind({ ...q, name: p.name, pronoun: p.pronoun });
      return { truth, lie, subject: p as Person | Town };
    }
  }
  const kind = random.pick(TOWN_FACTS);
  const t = random.pick(towns);
  const truth = kind(t);
  for (;;) {
    const u = random.pick(towns);
    const lie = kind({ ...u, name: t.name });
    if (u !== t && lie.answer !== truth.answer) return { truth, lie, subject: t as Person | Town };
  }
}

function writeEntailment(world: World, random: Random): WorldPair {
  const { truth, lie, subject } = factAndFalse(world, random);
  const follows = random.bool();
  const [way, other] = random.shuffle([0, 1, 2]);
  // Half of the time the fact is the second sentence, and about a pronoun.
  const premise: Sentence[] = [];
  if (subject.kind === "person" && random.bool()) {
    const { answer } = truth;
    const before = random.shuffle(PERSON_FACTS.map((kind) => kind(subject))).find((fact) =>
      fact.answer !== answer
    )!;
    premise.push(random.pick(before.ways)(subject), truth.ways[way](subject.pronoun));
  } else premise.push(truth.ways[way](subject));
  return {
    a: premise.map(textOf).join(" "),
    b: textOf((follows ? truth : lie).ways[other](subject)),
    label: follows ? "entailment" : "not_entailment",
  };
}

function writeParaphrase(world: World, random: Random): WorldPair {
  const { truth, lie, subject } = factAndFalse(world, random);
  const same = random.bool();
  const [way, other] = random.shuffle([0, 1, 2]);
  return {
    a: textOf(truth.ways[way](subject)),
    b: textOf((same ? truth : lie).ways[other](subject)),
    label: same ? "same" : "different",
  };
}

const GOOD = words("warm wonderful fresh excellent lovely perfect delicious charming");
const BAD = words("cold awful stale terrible ugly disappointing bitter dreadful");

function writeSentiment({ people, towns }: World, random: Random): WorldSentence {
  const positive = random.bool();
  const [said, opposite] = positive ? [GOOD, BAD] : [BAD, GOOD];
  const p = random.pick(people);
  const what = random.pick([
    `the ${p.food} of ${p.name}`,
    `the inn in ${random.pick(towns).name}`,
    `the ${random.pick(towns).fair}`,
    `the ${random.pick(FOODS)} at the ${random.pick(towns).fair}`,
  ]);
  const very = random.pick(["", "very ", "quite ", "really "]);
  const text = random.pick([
    () => `${what} was ${very}${random.pick(said)}.`,
    () => `${what} was ${random.pick(said)} and ${random.pick(said)}.`,
    () => `${what} was not ${random.pick(opposite)} at all.`,
    () => `${what} looked ${random.pick(opposite)}, but it was ${very}${random.pick(said)}.`,
    () =>
      `I had heard that it would be ${random.pick(opposite)}, but ${what} was ${
        random.pick(said)
      }.`,
    () =>
      `I will ${positive ? "gladly" : "never"} come again: ${what} was ${very}${
        random.pick(said)
      }.`,
  ])();
  return { text: capital(text), label: positive ? "positive" : "negative" };
}

/** Right and wrong forms: singular, plural, past, base. */
const VERBS = list(
  "walks/walk/walked/walk|sings/sing/sang/sing|eats/eat/ate/eat|sleeps/sleep/slept/sleep|runs/run/ran/run|swims/swim/swam/swim|waits/wait/waited/wait",
)
  .map((forms) => forms.split("/"));
const ANIMALS = list("dog/dogs|goat/goats|goose/geese|pony/ponies|rabbit/rabbits|cat/cats").map((
  f,
) => f.split("/"));

function writeAcceptability({ people, towns }: World, random: Random): WorldSentence {
  const acceptable = random.bool();
  const p = random.pick(people), t = random.pick(towns);
  const [one, many] = random.pick(ANIMALS);
  const [walks, walk, walked, base] = random.pick(VERBS);
  const where = random.pick(PLACES);
  const food = random.pick(FOODS);
  const vowel = random.pick(["apple", "onion", "old umbrella", "empty box", "orange"]);
  const [right, wrong] = random.pick<() => readonly [string, string]>([
    () => [`the ${one} ${walks} ${where}`, `the ${one} ${walk} ${where}`],
    () => [`the ${many} ${walk} ${where}`, `the ${many} ${walks} ${where}`],
    () => [`the ${one} of ${p.name} ${walks} ${where}`, `the ${one} of ${p.name} ${walk} ${where}`],
    () => [
      `the ${many} of ${p.name} ${walk} ${where}`,
      `the ${many} of ${p.name} ${walks} ${where}`,
    ],
    () => [`yesterday ${p.name} ${walked} ${where}`, `yesterday ${p.name} did ${walked} ${where}`],
    () => [
      `did ${p.name} ${base} ${where} yesterday`,
      `did ${p.name} ${walked} ${where} yesterday`,
    ],
    () => [`${p.name} bought an ${vowel} in ${t.name}`, `${p.name} bought a ${vowel} in ${t.name}`],
    () => [
      `${p.name} saw ${his(p)} face in the water`,
      `${p.name} saw the face ${his(p)} in the water`,
    ],
    () => [`${p.name} gave the ${many} some ${food}`, `${p.name} gave some ${food} the ${many}`],
    () => [`${p.name} has never been to ${t.name}`, `${p.name} never has to ${t.name} been`],
  ])();
  const text = acceptable ? right : wrong;
  const end = text.startsWith("did") ? "?" : ".";
  return { text: capital(text) + end, label: acceptable ? "acceptable" : "unacceptable" };
}

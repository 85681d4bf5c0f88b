// The resources whose records are imported and exported as files: those that are written a hundred at once.
export const nouns = ["leads", "clients", "deals", "tasks"] as const;

export type Noun = (typeof nouns)[number];

export const isBatched = (text: string): text is Noun => nouns.some((noun) => noun === text);

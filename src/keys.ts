// The names in a catalogue: what is derived from it, such as an enum of a schema, can't lack one.

/** The keys of an object that is not empty, with their type. */
export const keysOf = <T extends object>(catalogue: T) =>
	Object.keys(catalogue) as [keyof T & string, ...(keyof T & string)[]];

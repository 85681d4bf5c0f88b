// A mutant: a bug made by replacing some text in `src/` or `scripts/`, and the test that must fail with it.

export interface Edit {
	readonly file: string;
	/** Text that occurs exactly once in the file. */
	readonly from: string;
	readonly to: string;
}

export interface Mutant {
	readonly name: string;
	readonly edits: readonly Edit[];
	/** The test that must fail: its file, and a part of its name without special characters of RegExp. */
	readonly test: readonly [file: string, name: string];
}

/** A mutant with a single edit. */
export const singleEdit = (
	name: string,
	test: Mutant["test"],
	file: string,
	from: string,
	to: string,
): Mutant => ({
	name,
	test,
	edits: [{ file, from, to }],
});

// A database that answers from memory. Its statements do what D1's own do in the isolate: they check values, write the request
// and read the answer as JSON, and make an object of each row.

/** The answers of batches as JSON, by the texts of their statements. */
export type Answers = Map<string, string>;

interface Rows {
	readonly columns: readonly string[];
	readonly rows: readonly (readonly unknown[])[];
}

interface Bound {
	readonly text: string;
	readonly values: readonly unknown[];
}

const objectsOf = ({ columns, rows }: Rows) =>
	rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));

const rowsOf = (objects: readonly Record<string, unknown>[]): Rows => {
	const columns = Object.keys(objects[0] ?? {});
	return { columns, rows: objects.map((object) => columns.map((column) => object[column])) };
};

/** The same database, which is asked only for what `answers` does not have; when `isKnown`, that is an error. */
export function replayed(db: D1Database, answers: Answers, isKnown: boolean): D1Database {
	const ask = async (bound: readonly Bound[]) => {
		const key = bound.map(({ text }) => text).join("\n");
		JSON.stringify(bound);
		let answer = answers.get(key);
		if (answer === undefined) {
			if (isKnown) throw new Error(`This was not asked before: ${key}`);
			const results = await db.batch<Record<string, unknown>>(
				bound.map(({ text, values }) => db.prepare(text).bind(...values)),
			);
			answer = JSON.stringify(results.map(({ results: objects }) => rowsOf(objects)));
			answers.set(key, answer);
		}
		return (JSON.parse(answer) as Rows[]).map((rows) => ({
			results: objectsOf(rows),
			success: true,
			meta: {},
		}));
	};
	const statement = (text: string, values: readonly unknown[]) => ({
		text,
		values,
		bind: (...bound: unknown[]) =>
			statement(
				text,
				bound.map((value) => (typeof value === "boolean" ? Number(value) : value)),
			),
		all: async () => (await ask([{ text, values }]))[0],
		run: async () => (await ask([{ text, values }]))[0],
		async first(column?: string) {
			const [answer] = await ask([{ text, values }]);
			const row = answer?.results[0] ?? null;
			return column === undefined || row === null ? row : row[column];
		},
	});
	const double = {
		prepare: (text: string) => statement(text, []),
		batch: (statements: readonly Bound[]) => ask(statements.map(({ text, values }) => ({ text, values }))),
	};
	return double as unknown as D1Database;
}

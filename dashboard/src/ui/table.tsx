import type { ComponentChildren } from "preact";

export interface Column<T> {
	readonly head: string;
	readonly cell: (row: T) => ComponentChildren;
	/** Whether to align the column to the right, for numbers. */
	readonly right?: boolean;
}

interface Props<T> {
	/** The accessible name of the table. */
	readonly name: string;
	readonly columns: readonly Column<T>[];
	readonly rows: readonly T[];
	readonly keyOf: (row: T) => string;
}

/** A table; on a narrow screen each row becomes a list of named values. */
export function Table<T>({ name, columns, rows, keyOf }: Props<T>) {
	return (
		<table class="list" aria-label={name}>
			<thead>
				<tr>
					{columns.map(({ head, right }) => (
						<th key={head} scope="col" class={right ? "right" : ""}>
							{head || <span class="unseen">Actions</span>}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={keyOf(row)}>
						{columns.map(({ head, cell, right }) => (
							<td key={head} data-head={head} class={right ? "right" : ""}>
								<div>{cell(row)}</div>
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}

import { useEffect, useRef, useState } from "preact/hooks";
import { csvLine } from "../../../../../sdk/src/cli/csv/cells.ts";
import type { Field } from "../../../../../sdk/src/cli/csv/fields.ts";
import { cellsOf } from "../../../../../sdk/src/cli/csv/records.ts";
import { counted, fieldLabel, formatNumber } from "../../../format.ts";
import { useMutation } from "../../../mutation.ts";
import { pagesOf } from "../../../paging.ts";
import { records } from "../../../records.ts";
import type { Entry } from "../../../resources.ts";
import { queryIn, usePlace } from "../../../router.tsx";
import { ActionButton, ErrorNotice } from "../../../ui/feedback.tsx";
import { SelectField } from "../../../ui/field.tsx";
import { Form } from "../../../ui/form.tsx";
import { download } from "./download.ts";
import type { Noun } from "./nouns.ts";
import { paced } from "./pace.ts";

const BOM = "\uFEFF";
const formats = [
	{ value: "csv", text: "CSV, for spreadsheets" },
	{ value: "ndjson", text: "NDJSON, for programs" },
];

/** Says which records are exported: all, or those of the list that the reader comes from. */
function aboutOf(
	noun: Noun,
	{ search, orderBy: _, orderDir: __, ...filters }: Readonly<Record<string, readonly string[]>>,
): string {
	const conditions = [
		...(search ? [`match “${search}”`] : []),
		...Object.keys(filters).map((name) => `meet the filter ${fieldLabel(name)}`),
	];
	return conditions.length > 0 ? `All ${noun} that ${conditions.join(" and ")}` : `All ${noun}`;
}

export function Export({ noun, fields }: { noun: Noun; fields: readonly Field[] }) {
	const query = queryIn(usePlace().search);
	const [format, setFormat] = useState("csv");
	const [count, setCount] = useState(0);
	const control = useRef(new AbortController());
	useEffect(() => () => control.current.abort(), []);
	const run = useMutation({
		mutationFn: async () => {
			control.current = new AbortController();
			const { signal } = control.current;
			setCount(0);
			const lineOf = (entry: Entry) =>
				format === "csv" ? csvLine(cellsOf(fields, entry)) : JSON.stringify(entry);
			// Spreadsheets know by the mark that it is UTF-8.
			const parts = format === "csv" ? [`${BOM}${csvLine(fields.map(({ name }) => name))}\n`] : [];
			let read = 0;
			// Only the lines are kept: a hundred thousand records need much more room.
			const pages = pagesOf((cursor) =>
				paced(() => records.list({ path: noun }, { ...query, limit: 100, ...cursor })),
			);
			for await (const entries of pages) {
				if (signal.aborted) break;
				parts.push(...entries.map((entry) => `${lineOf(entry)}\n`));
				read += entries.length;
				setCount(read);
			}
			if (signal.aborted) throw new Error("Stopped. Nothing was saved.");
			download(`${noun}.${format}`, ...parts);
		},
	});
	return (
		<Form class="page-form" onSubmit={() => run.mutate()}>
			<p>
				{aboutOf(noun, query)}, with all their fields. Texts that a spreadsheet would execute get an
				apostrophe in front.
			</p>
			<SelectField label="Format" value={format} options={formats} onChange={setFormat} />
			<ErrorNotice error={run.error} />
			<footer>
				{run.isPending ? (
					<button type="button" onClick={() => control.current.abort()}>
						Stop
					</button>
				) : null}
				<ActionButton busy={run.isPending}>Export</ActionButton>
				<span role="status" class="soft">
					{run.isPending
						? `${formatNumber(count)} read …`
						: run.isSuccess
							? `${counted(count, "record")} exported.`
							: ""}
				</span>
			</footer>
		</Form>
	);
}

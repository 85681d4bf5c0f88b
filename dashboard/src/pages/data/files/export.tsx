import { useMutation } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { csvLine } from "../../../../../sdk/src/cli/csv/cells.ts";
import type { Field } from "../../../../../sdk/src/cli/csv/fields.ts";
import { cellsOf } from "../../../../../sdk/src/cli/csv/records.ts";
import { formatNumber } from "../../../format.ts";
import { readAll } from "../../../paging.ts";
import { type Entry, records } from "../../../resources.ts";
import { usePlace } from "../../../router.tsx";
import { ActionButton, ErrorNotice } from "../../../ui/feedback.tsx";
import { SelectField } from "../../../ui/field.tsx";
import { Form } from "../../../ui/form.tsx";
import { download } from "./download.ts";
import type { Noun } from "./nouns.ts";

const BOM = "\uFEFF";
const formats = [
	{ value: "csv", text: "CSV, for spreadsheets" },
	{ value: "ndjson", text: "NDJSON, for programs" },
];

export function Export({ noun, fields }: { noun: Noun; fields: readonly Field[] }) {
	const search = usePlace().search.get("search") ?? "";
	const [format, setFormat] = useState("csv");
	const [count, setCount] = useState(0);
	const run = useMutation({
		mutationFn: async () => {
			setCount(0);
			const entries = await readAll<Entry>(async (cursor) => {
				const page = await records.list(
					{ path: noun },
					{ limit: 100, ...(search ? { search } : {}), ...cursor },
				);
				setCount((before) => before + page.items.length);
				return page;
			});
			const rows = entries.map((entry) =>
				format === "csv" ? csvLine(cellsOf(fields, entry)) : JSON.stringify(entry),
			);
			// Spreadsheets know by the mark that it is UTF-8.
			const head = format === "csv" ? [BOM + csvLine(fields.map(({ name }) => name))] : [];
			download(`${noun}.${format}`, [...head, ...rows, ""].join("\n"));
		},
	});
	return (
		<Form class="page-form" onSubmit={() => run.mutate()}>
			<p>
				{search ? `All ${noun} that match “${search}”` : `All ${noun}`}, with all their fields. Texts that a
				spreadsheet would execute get an apostrophe in front.
			</p>
			<SelectField label="Format" value={format} options={formats} onChange={setFormat} />
			<ErrorNotice error={run.error} />
			<footer>
				<ActionButton busy={run.isPending}>Export</ActionButton>
				<span role="status" class="soft">
					{run.isPending
						? `${formatNumber(count)} read …`
						: run.isSuccess
							? `${formatNumber(count)} ${noun} exported.`
							: ""}
				</span>
			</footer>
		</Form>
	);
}

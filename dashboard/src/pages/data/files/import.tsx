// The steps of an import: choosing a file, looking at what its columns become, sending.
import { useQuery } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import type { Field } from "../../../../../sdk/src/cli/csv/fields.ts";
import { type Column, mapColumns } from "../../../../../sdk/src/cli/csv/mapping.ts";
import { counted, formatNumber } from "../../../format.ts";
import { Empty, ErrorNotice, QueryResult } from "../../../ui/feedback.tsx";
import { SelectField } from "../../../ui/field.tsx";
import { Section } from "../../../ui/layout.tsx";
import { Table } from "../../../ui/table.tsx";
import { type Checked, check, matchableOf, missingField } from "./checking.ts";
import type { Noun } from "./nouns.ts";
import { Progress } from "./progress.tsx";
import { readSheet, type Sheet } from "./reading.ts";
import { Sending } from "./sending.ts";

const MAX_SHOWN = 5;

interface Props {
	readonly noun: Noun;
	readonly fields: readonly Field[];
}

export function Import({ noun, fields }: Props) {
	const [sheet, setSheet] = useState<Sheet | null>(null);
	const [error, setError] = useState<Error | null>(null);
	const [sending, setSending] = useState<Sending | null>(null);
	const choose = async (file: File | undefined) => {
		setSheet(null);
		setError(null);
		if (file) await readSheet(file).then(setSheet, setError);
	};
	if (sheet && sending) {
		const again = () => {
			setSending(null);
			setSheet(null);
		};
		return <Progress noun={noun} sheet={sheet} sending={sending} onDone={again} />;
	}
	return (
		<Section title="Import">
			<div class="page-form">
				<div class="field">
					<label for="csv-file">CSV file</label>
					<input
						id="csv-file"
						type="file"
						accept=".csv,.tsv,.txt,text/csv"
						onChange={({ currentTarget }) => choose(currentTarget.files?.[0])}
					/>
					<p class="hint">The first row names the columns.</p>
					<p>
						<a href="/docs/files">What files may contain</a>
					</p>
				</div>
				<ErrorNotice error={error} />
			</div>
			{sheet ? (
				<Preview
					key={sheet.name}
					noun={noun}
					fields={fields}
					sheet={sheet}
					onStart={(checked, matchBy) => setSending(new Sending(noun, matchBy, checked.entries))}
				/>
			) : null}
		</Section>
	);
}

interface PreviewProps extends Props {
	readonly sheet: Sheet;
	readonly onStart: (checked: Checked, matchBy: string) => void;
}

function Preview({ noun, fields, sheet, onStart }: PreviewProps) {
	const [given, setGiven] = useState<Readonly<Record<string, string | null>>>({});
	const columns = mapColumns(sheet.headers, fields, given);
	const matchable = matchableOf(noun, columns);
	const [picked, setPicked] = useState<string | null>(null);
	const matchBy =
		picked !== null && (picked === "" || matchable.includes(picked)) ? picked : (matchable[0] ?? "");
	const missing = missingField(fields, columns);
	const checked = useQuery({
		queryKey: ["check", noun, sheet.rows, columns.map(({ field }) => field?.name ?? null), matchBy],
		queryFn: () => check(sheet, columns, fields, matchBy),
		gcTime: 0,
	});
	const choose = (header: string, name: string) => {
		// A field has one column.
		const others = Object.entries(given).filter(([, field]) => field !== name);
		setGiven({ ...Object.fromEntries(others), [header]: name || null });
	};
	return (
		<>
			<Columns columns={columns} fields={fields} first={sheet.rows[0]?.cells ?? []} onChoose={choose} />
			<div class="page-form">
				<SelectField
					label="Known by"
					value={matchBy}
					options={[{ value: "", text: `Create one of the ${noun} for each row` }, ...matchable]}
					hint="Records with the same value are updated, others created."
					onChange={setPicked}
				/>
				{missing ? (
					<Empty title={`${missing} is required: choose its column.`} />
				) : columns.every(({ field }) => field === null) ? (
					<Empty title="No column has the name of a field: choose them." />
				) : (
					<QueryResult query={checked}>
						{(found) => (
							<>
								<Problems checked={found} rows={sheet.rows.length} />
								<footer>
									<button type="button" class="primary" onClick={() => onStart(found, matchBy)}>
										Import {counted(sheet.rows.length, "row")}
									</button>
								</footer>
							</>
						)}
					</QueryResult>
				)}
			</div>
		</>
	);
}

interface ColumnsProps {
	readonly columns: readonly Column[];
	readonly fields: readonly Field[];
	readonly first: readonly string[];
	readonly onChoose: (header: string, field: string) => void;
}

/** What each column becomes, and its value in the first row. */
function Columns({ columns, fields, first, onChoose }: ColumnsProps) {
	return (
		<Table
			name="Columns"
			rows={columns.map((column, index) => ({ ...column, value: first[index] ?? "" }))}
			keyOf={({ header }) => header}
			columns={[
				{ head: "Column", cell: ({ header }) => <strong>{header}</strong> },
				{
					head: "Field",
					cell: ({ header, field }) => (
						<select
							aria-label={`Field of ${header}`}
							value={field?.name ?? ""}
							onChange={({ currentTarget }) => onChoose(header, currentTarget.value)}
						>
							<option value="">Leave it out</option>
							{fields.map(({ name }) => (
								<option key={name} value={name}>
									{name}
								</option>
							))}
						</select>
					),
				},
				{ head: "First row", cell: ({ value }) => value },
			]}
		/>
	);
}

function Problems({ checked: { problems }, rows }: { checked: Checked; rows: number }) {
	if (problems.length === 0)
		return (
			<p role="status">{rows === 1 ? "The row is ready." : `All ${formatNumber(rows)} rows are ready.`}</p>
		);
	return (
		<div role="status">
			<p>
				{formatNumber(rows - problems.length)} of {formatNumber(rows)} rows are ready. The others will be
				refused:
			</p>
			<ul>
				{problems.slice(0, MAX_SHOWN).map(({ line, reason }) => (
					<li key={line}>
						Line {line}: {reason}
					</li>
				))}
				{problems.length > MAX_SHOWN ? <li>… and {formatNumber(problems.length - MAX_SHOWN)} more</li> : null}
			</ul>
		</div>
	);
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { ApiError } from "../../api.ts";
import { restoreFocus } from "../../focus.ts";
import { fieldLabel, formatForInput, formatNumber, parseNumber } from "../../format.ts";
import { useHasScope } from "../../session.tsx";
import { ActionButton, ErrorNotice, errorAt, QueryResult } from "../../ui/feedback.tsx";
import { SelectField, TextArea, TextField } from "../../ui/field.tsx";
import { Facts, Heading, Section } from "../../ui/layout.tsx";
import { Code } from "../../ui/text.tsx";
import { History, historyKey } from "./history.tsx";
import { descriptions, type Entry, type Noun } from "./nouns.ts";
import { Value } from "./value.tsx";

const isEmpty = (value: unknown) =>
	value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** Fields that the heading shows, and fields that only programs need. */
const apart = new Set(["id", "number", "version", "deletedAt"]);

export function Record({ noun, id }: { noun: Noun; id: string }) {
	const { get } = descriptions[noun];
	const entry = useQuery({ queryKey: ["data", noun, id], queryFn: () => get(id) });
	const [editing, setEditing] = useState(false);
	const close = () => {
		setEditing(false);
		restoreFocus();
	};
	const mayWrite = useHasScope(`${noun}:write`);
	const mayReadEvents = useHasScope("events:read");
	return (
		<QueryResult query={entry}>
			{(found) => (
				<>
					<Heading
						title={String(found[descriptions[noun].title])}
						up={{ path: `/data/${noun}`, text: fieldLabel(noun) }}
						about={`${descriptions[noun].one} no. ${found.number}`}
						actions={
							mayWrite && !editing ? (
								<button type="button" class="primary" onClick={() => setEditing(true)}>
									Edit
								</button>
							) : null
						}
					/>
					{editing ? (
						<Edit noun={noun} entry={found} reload={() => entry.refetch()} onDone={close} />
					) : (
						<>
							<Section title="Fields">
								<Facts
									facts={Object.keys(found)
										.filter((field) => !apart.has(field) && !isEmpty(found[field]))
										.map((field) => [fieldLabel(field), <Value entry={found} field={field} />] as const)}
								/>
							</Section>
							{mayReadEvents ? <History noun={noun} entry={found} /> : null}
							<Code name={`GET /api/v1/${noun}/${id}`} value={found} />
						</>
					)}
				</>
			)}
		</QueryResult>
	);
}

interface EditProps {
	readonly noun: Noun;
	readonly entry: Entry;
	readonly reload: () => unknown;
	readonly onDone: () => void;
}

/** The text of a value in its input field. */
function written(value: unknown): string {
	if (value === null || value === undefined) return "";
	return typeof value === "number" ? formatForInput(value) : String(value);
}

function Edit({ noun, entry, reload, onDone }: EditProps) {
	const { editable: fields, update } = descriptions[noun];
	const [changed, setChanged] = useState<Readonly<{ [field: string]: string }>>({});
	const client = useQueryClient();
	const save = useMutation({
		mutationFn: () => {
			const changes = Object.entries(changed).map(([field, value]) => [
				field,
				value.trim() === "" ? null : fields[field] === "number" ? parseNumber(value) : value,
			]);
			return update(entry.id, entry.version, Object.fromEntries(changes));
		},
		onSuccess: (saved) => {
			client.setQueryData(["data", noun, entry.id], saved);
			void client.invalidateQueries({ queryKey: ["data", noun, "list"] });
			void client.invalidateQueries({ queryKey: ["head", ...historyKey(noun, entry.id)] });
			onDone();
		},
	});
	const faulty = Object.entries(changed)
		.filter(([field, value]) => fields[field] === "number" && value.trim() && parseNumber(value) === null)
		.map(([field]) => field);
	const [faults, setFaults] = useState<readonly string[]>([]);
	const outdated = save.error instanceof ApiError && save.error.status === 412;
	return (
		<form
			class="page-form"
			onSubmit={(event) => {
				event.preventDefault();
				setFaults(faulty);
				if (faulty.length > 0) return;
				if (Object.keys(changed).length > 0) save.mutate();
				else onDone();
			}}
		>
			<div class="fields">
				{Object.entries(fields).map(([field, kind]) => {
					const shared = {
						label: fieldLabel(field),
						value: changed[field] ?? written(entry[field]),
						error:
							faults.includes(field) && faulty.includes(field)
								? `Write it as ${formatNumber(1300.5)} or ${formatForInput(1300.5)}.`
								: errorAt(save.error, field),
					};
					const set = (value: string) => setChanged({ ...changed, [field]: value });
					if (kind === "long") return <TextArea key={field} {...shared} onInput={set} />;
					if (typeof kind !== "string") {
						const none = entry[field] === null ? [{ value: "", text: "–" }] : [];
						return <SelectField key={field} {...shared} options={[...none, ...kind]} onChange={set} />;
					}
					return <TextField key={field} {...shared} type={kind === "number" ? "text" : kind} onInput={set} />;
				})}
			</div>
			<ErrorNotice error={save.error} shown={Object.keys(fields)} />
			<footer>
				{outdated ? (
					<button
						type="button"
						onClick={() => {
							save.reset();
							reload();
						}}
					>
						Load the latest, keep my changes
					</button>
				) : null}
				<button type="button" onClick={onDone}>
					Cancel
				</button>
				<ActionButton class="primary" busy={save.isPending}>
					Save
				</ActionButton>
			</footer>
		</form>
	);
}

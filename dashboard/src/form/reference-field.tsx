// Fields that contain ids of other records: one, or several. Records are found by their names.
import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { Reference } from "../pages/data/reference.tsx";
import { records } from "../records.ts";
import { type Entry, nameOf, type Resource, resourceOf } from "../resources.ts";
import { parametersOf, useDocument } from "../schema/document.ts";
import { useSettled } from "../settled.ts";
import { Chips } from "../ui/chips.tsx";
import { SelectField, TextField } from "../ui/field.tsx";

interface Frame {
	readonly label: string;
	readonly hint?: string;
	readonly error?: string | undefined;
	readonly isRequired?: boolean;
	readonly prefixes: readonly string[];
}

interface Option {
	readonly value: string;
	readonly text: string;
}

const FOUND = 8;
const STALE_MS = 60_000;

/** The stages of all pipelines; they are no resource of their own. */
const STAGE_PREFIX = "dps";

/** The records that can be chosen: those that match the words, or all if the resource has no search. */
function useOptions(prefixes: readonly string[], words: string) {
	const document = useDocument().data;
	const isStage = prefixes.includes(STAGE_PREFIX);
	const found = prefixes.flatMap((prefix) => resourceOf(`${isStage ? "dpl" : prefix}_`) ?? []);
	const searchable = (resource: Resource) =>
		document !== undefined && parametersOf(document, resource.path).some(({ name }) => name === "search");
	const isSearched = !isStage && found.every(searchable);
	const client = useQueryClient();
	const options = useQuery({
		staleTime: STALE_MS,
		queryKey: ["options", ...prefixes, isSearched ? words : ""],
		enabled: document !== undefined && (!isSearched || words !== ""),
		queryFn: async (): Promise<readonly Option[]> => {
			const lists = found.map(async (resource) => {
				if (!isSearched) return optionsOf(resource, await records.all(resource), isStage);
				const { items } = await records.list(resource, { limit: FOUND, ...(words ? { search: words } : {}) });
				return optionsOf(resource, items, false);
			});
			const read = (await Promise.all(lists)).flat();
			// Their names need not be asked for one by one.
			if (!isStage) for (const { value, text } of read) client.setQueryData(["name", value], text);
			return read;
		},
	});
	return { isSearched, options };
}

function optionsOf(resource: Resource, entries: readonly Entry[], asStages: boolean): Option[] {
	if (!asStages) return entries.map((entry) => ({ value: entry.id, text: nameOf(resource, entry) }));
	return entries.flatMap((pipeline) =>
		(pipeline.stages as readonly { id: string; name: string }[]).map(({ id, name }) => ({
			value: id,
			text: `${nameOf(resource, pipeline)}: ${name}`,
		})),
	);
}

export function ReferenceField({
	value,
	onChange,
	prefixes,
	...frame
}: Frame & { value: string; onChange: (id: string) => void }) {
	return (
		<Picker {...frame} prefixes={prefixes} chosen={value} onPick={onChange}>
			{value ? (
				<p class="picked">
					<Reference id={value} />
					<button
						type="button"
						class="plain"
						aria-label={`Clear ${frame.label}`}
						onClick={() => onChange("")}
					>
						Clear
					</button>
				</p>
			) : null}
		</Picker>
	);
}

export function ReferencesField({
	value,
	onChange,
	prefixes,
	...frame
}: Frame & { value: readonly string[]; onChange: (ids: readonly string[]) => void }) {
	return (
		<Picker
			{...frame}
			prefixes={prefixes}
			chosen=""
			onPick={(id) => id && !value.includes(id) && onChange([...value, id])}
		>
			{value.length > 0 ? (
				<Chips label={frame.label} values={value} show={(id) => <Reference id={id} />} onChange={onChange} />
			) : null}
		</Picker>
	);
}

interface PickerProps extends Frame {
	readonly chosen: string;
	readonly onPick: (id: string) => void;
	readonly children: preact.ComponentChildren;
}

/** A list to choose from, or a search whose results are buttons; above it what is chosen. */
function Picker({ prefixes, chosen, onPick, children, ...frame }: PickerProps) {
	const [words, setWords] = useState("");
	const asked = useSettled(words.trim());
	const { isSearched, options } = useOptions(prefixes, asked);
	const found = options.data ?? [];
	const failure = options.error ? `The choices can’t be read: ${options.error.message}` : undefined;
	const pick = (id: string) => {
		onPick(id);
		setWords("");
	};
	if (!isSearched) {
		const unknown = chosen && !found.some(({ value }) => value === chosen) ? [chosen] : [];
		return (
			<div class="reference">
				{chosen ? null : children}
				<SelectField
					{...frame}
					hint={failure ?? frame.hint}
					value={chosen}
					options={[{ value: "", text: "–" }, ...unknown, ...found]}
					onChange={onPick}
				/>
			</div>
		);
	}
	// What was found for the letters before can't be chosen.
	const isCurrent = asked === words.trim();
	const shown = isCurrent ? found : [];
	return (
		<div class="reference">
			<TextField
				{...frame}
				hint={failure ?? frame.hint}
				type="search"
				placeholder="Search by name"
				value={words}
				onInput={setWords}
				onEnter={words.trim() ? () => shown[0] && pick(shown[0].value) : undefined}
			/>
			{words.trim() ? (
				<ul class="options" aria-label={`Found for ${frame.label}`}>
					{shown.map(({ value, text }) => (
						<li key={value}>
							<button type="button" class="plain" onClick={() => pick(value)}>
								{text}
							</button>
						</li>
					))}
					{shown.length === 0 && !failure ? (
						<li class="soft">{isCurrent && options.data ? "Nothing found." : "Searching…"}</li>
					) : null}
				</ul>
			) : null}
			{children}
		</div>
	);
}

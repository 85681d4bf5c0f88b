// A pipeline's name and stages, saved together.
import { ApiError, api, callApi, type Schemas } from "../../api.ts";
import { useChanges } from "../../form/changes.ts";
import { Clashes } from "../../form/clashes.tsx";
import { LoadLatest } from "../../form/load-latest.tsx";
import { fieldLabel, formatForInput, parseNumber } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { useOutdate } from "../../outdated.ts";
import { ActionButton, ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";

export type Pipeline = Schemas["Pipeline"];
type Type = Pipeline["stages"][number]["type"];

interface Row {
	readonly id?: string;
	readonly name: string;
	readonly type: Type;
	/** The text in the input. */
	readonly probability: string;
}

const types: readonly Type[] = ["ACTIVE", "WON", "LOST"];

const rowsOf = ({ stages }: Pipeline): readonly Row[] =>
	stages.map(({ id, name, type, probability }) => ({
		id,
		name,
		type,
		probability: probability === null ? "" : formatForInput(probability),
	}));

interface Props {
	readonly pipeline: Pipeline;
	readonly reload: () => Promise<Pipeline | undefined>;
}

const valuesOf = (pipeline: Pipeline) => ({
	name: pipeline.name,
	stages: rowsOf(pipeline),
	version: pipeline.version,
});

type Values = ReturnType<typeof valuesOf>;

export function PipelineForm({ pipeline, reload }: Props) {
	const changes = useChanges(valuesOf(pipeline));
	const { changed } = changes;
	const { name, stages: rows } = changes.values;
	const setRows = (change: (before: readonly Row[]) => readonly Row[]) =>
		changes.set(({ stages }) => ({ stages: change(stages) }));
	const outdate = useOutdate();
	const save = useMutation({
		mutationFn: ({ name, stages: sent }: Partial<Values>) => {
			const stages = sent?.map(({ probability, ...row }) => ({
				...row,
				probability: probability.trim() ? parseNumber(probability) : null,
			}));
			return callApi(
				api.PATCH("/pipelines/{id}", {
					params: { path: { id: pipeline.id }, header: { "If-Match": `"${changes.base.version}"` } },
					body: { ...(name === undefined ? {} : { name }), ...(stages ? { stages } : {}) },
				}),
			);
		},
		onSuccess: async (stored, sent) => {
			await outdate();
			changes.saved(sent, valuesOf(stored));
		},
	});
	const set = (at: number, change: Partial<Row>) =>
		setRows((before) => before.map((row, index) => (index === at ? { ...row, ...change } : row)));
	const isWrong = ({ probability }: Row) => probability.trim() !== "" && parseNumber(probability) === null;
	const paths = save.error instanceof ApiError ? save.error.errors.map(({ path }) => path) : [];
	return (
		<Form
			class="page-form"
			unsaved={changes.isChanged}
			onSubmit={() => {
				if (changes.isChanged && !rows.some(isWrong)) save.mutate(changed);
			}}
		>
			<TextField
				label="Name"
				required
				value={name}
				onInput={(value) => changes.set(() => ({ name: value }))}
				error={errorAt(save.error, "name")}
			/>
			{rows.map((row, at) => (
				<fieldset class="stage-row" key={row.id ?? `new ${at}`} aria-label={row.name || "New stage"}>
					<TextField
						label="Stage"
						required
						value={row.name}
						onInput={(value) => set(at, { name: value })}
						error={errorAt(save.error, `stages.${at}.name`)}
					/>
					<SelectField
						label="A deal in it is"
						value={row.type}
						options={types.map((value) => ({ value, text: fieldLabel(value) }))}
						onChange={(value) => set(at, { type: types.find((one) => one === value) ?? "ACTIVE" })}
						error={errorAt(save.error, `stages.${at}.type`)}
					/>
					<TextField
						label="Won in %"
						value={row.probability}
						onInput={(value) => set(at, { probability: value })}
						error={isWrong(row) ? "A number from 0 to 100." : errorAt(save.error, `stages.${at}.probability`)}
					/>
					<button
						type="button"
						class="small"
						aria-label={`Remove ${row.name || "new stage"}`}
						onClick={() => setRows((before) => before.filter((_, index) => index !== at))}
					>
						Remove
					</button>
				</fieldset>
			))}
			<Clashes labels={changes.clashes.map(fieldLabel)} />
			<ErrorNotice
				error={save.error}
				shown={paths.filter((path) => path === "name" || /^stages\.\d/.test(path))}
			/>
			<footer>
				<LoadLatest
					save={save}
					read={async () => {
						const latest = await reload();
						return latest && valuesOf(latest);
					}}
					changes={changes}
				/>
				<button
					type="button"
					onClick={() => setRows((before) => [...before, { name: "", type: "ACTIVE", probability: "" }])}
				>
					Add stage
				</button>
				<ActionButton class="primary" busy={save.isPending}>
					Save pipeline
				</ActionButton>
			</footer>
		</Form>
	);
}

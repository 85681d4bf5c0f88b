// The form of a record of any resource: to create one, or to change one that was read.
import { useQueryClient } from "@tanstack/preact-query";
import { ApiError } from "../api.ts";
import { fieldLabel } from "../format.ts";
import { useMutation } from "../mutation.ts";
import { useOnce } from "../once.ts";
import { useOutdate } from "../outdated.ts";
import { records } from "../records.ts";
import type { Entry, Resource } from "../resources.ts";
import { useCustomFields } from "../schema/custom-fields.ts";
import { useDocument } from "../schema/document.ts";
import { type Field, fieldsOf } from "../schema/fields.ts";
import { ActionButton, ErrorNotice, QueryResult } from "../ui/feedback.tsx";
import { Form } from "../ui/form.tsx";
import { Answers } from "./answers.tsx";
import { useChanges } from "./changes.ts";
import { Clashes } from "./clashes.tsx";
import { isShown, shownPaths } from "./errors.ts";
import { FieldInput } from "./field-input.tsx";
import { FormPreview } from "./form-preview.tsx";
import { LoadLatest } from "./load-latest.tsx";
import { hasWrongNumber } from "./number-field.tsx";

interface Props {
	readonly resource: Resource;
	/** The record to change; without it the form creates one. */
	readonly entry?: Entry;
	/** Reads the record again. */
	readonly reload?: () => Promise<Entry | undefined>;
	readonly onSaved: (saved: Entry) => void;
	readonly onCancel: () => void;
}

export function RecordForm(props: Props) {
	const { resource, entry } = props;
	const document = useDocument();
	const custom = useCustomFields(resource);
	return (
		<QueryResult query={document}>
			{(found) => (
				<QueryResult query={custom}>
					{(definitions) => (
						<Fields
							{...props}
							fields={[
								...fieldsOf(found, `${resource.schema}${entry ? "Update" : "Create"}`),
								...definitions,
							]}
						/>
					)}
				</QueryResult>
			)}
		</QueryResult>
	);
}

/** After what is typed or chosen: what is ticked or listed, and then what takes more room. */
const places: Readonly<Partial<Record<Field["kind"]["type"], number>>> = {
	references: 2,
	flag: 2,
	group: 3,
	rows: 4,
};

/** Required fields come first. */
const placeOf = ({ kind, isRequired }: Field) => places[kind.type] ?? (isRequired ? 0 : 1);

function Fields({
	resource,
	entry,
	fields,
	reload,
	onSaved,
	onCancel,
}: Props & { readonly fields: readonly Field[] }) {
	const changes = useChanges<Partial<Entry>>(entry ?? {});
	const { base, changed, isChanged } = changes;
	const client = useQueryClient();
	const outdate = useOutdate();
	const create = useOnce((body: object, { header }) =>
		records.create(resource, body, header["Idempotency-Key"]),
	);
	const save = useMutation({
		mutationFn: () => (entry ? records.update(resource, { ...entry, ...base }, changed) : create(changed)),
		onSuccess: (saved) => {
			client.setQueryData(["data", resource.path, saved.id], saved);
			void outdate();
			onSaved(saved);
		},
		onError: (error) => {
			// Somebody has deleted it, and the page says so.
			if (error instanceof ApiError && error.status === 404) reload?.().catch(() => undefined);
		},
	});
	const current = (name: string) => changes.values[name];
	const set = (name: string, value: unknown) => changes.set(() => ({ [name]: value }));
	const labelOf = (name: string) => fields.find((field) => field.name === name)?.label ?? fieldLabel(name);
	return (
		<Form
			class="page-form"
			unsaved={isChanged}
			focused={entry !== undefined}
			onSubmit={(form) => {
				// It says itself what is wrong, and may be out of sight.
				if (hasWrongNumber(changed)) return form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
				if (!entry || isChanged) save.mutate();
				else onCancel();
			}}
		>
			<div class="fields">
				{fields
					.toSorted((one, other) => placeOf(one) - placeOf(other))
					.map((field) => (
						<FieldInput
							key={field.name}
							field={field}
							path={field.name}
							value={current(field.name)}
							onChange={(value) => set(field.name, value)}
							error={save.error}
						/>
					))}
				{resource.path === "form-responses" ? (
					<Answers
						label="Answers"
						path="answers"
						formId={String(current("formId") ?? "")}
						value={current("answers")}
						onChange={(value) => set("answers", value)}
						error={save.error}
					/>
				) : null}
			</div>
			{resource.path === "forms" ? <FormPreview values={changes.values} /> : null}
			<Clashes labels={changes.clashes.map(labelOf)} />
			<ErrorNotice
				error={save.error}
				shown={shownPaths(save.error, (path) =>
					// Each answer is shown at its question.
					resource.path === "form-responses" && path.startsWith("answers.") ? true : isShown(path, fields),
				)}
			/>
			<footer>
				<LoadLatest save={save} read={async () => reload?.()} changes={changes} />
				<button type="button" onClick={onCancel}>
					Cancel
				</button>
				<ActionButton class="primary" busy={save.isPending}>
					{entry ? "Save" : `Create ${resource.noun}`}
				</ActionButton>
			</footer>
		</Form>
	);
}

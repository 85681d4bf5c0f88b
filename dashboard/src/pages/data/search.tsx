// Search, sort and filters of a list, as the API has them.
import type { ComponentProps } from "preact";
import { useState } from "preact/hooks";
import { FieldInput } from "../../form/field-input.tsx";
import { fieldLabel } from "../../format.ts";
import type { Resource } from "../../resources.ts";
import { setSearch } from "../../router.tsx";
import { type Document, hasOperation, parametersOf } from "../../schema/document.ts";
import { type Field, sortsOf } from "../../schema/fields.ts";
import { useTyped } from "../../typed.ts";
import { Checkbox, SelectField, TextField } from "../../ui/field.tsx";
import { Filter } from "../../ui/filter.tsx";
import { Reference } from "./reference.tsx";

interface SearchProps {
	readonly resource: Resource;
	readonly document: Document;
	readonly filters: readonly Field[];
	readonly query: Readonly<Record<string, readonly string[]>>;
}

export function Search({ resource: { path }, document, filters, query }: SearchProps) {
	const words = query.search?.[0] ?? "";
	const [typed, setTyped] = useTyped(words, (search) => setSearch({ search }));
	const [added, setAdded] = useState<readonly string[]>([]);
	const hasSearch = parametersOf(document, path).some(({ name }) => name === "search");
	const sorts = sortsOf(document, path);
	const shown = filters.filter(({ name }) => name in query || added.includes(name));
	const sort = `${query.orderBy?.[0] ?? "createdAt"} ${query.orderDir?.[0] ?? "desc"}`;
	return (
		<div class="filters">
			{hasSearch ? (
				<TextField
					label={`Search ${fieldLabel(path).toLowerCase()}`}
					type="search"
					value={typed}
					onInput={setTyped}
				/>
			) : null}
			{sorts.length > 0 ? (
				<SelectField
					label="Sort by"
					value={sort}
					options={sorts.flatMap((name) => [
						{ value: `${name} desc`, text: `${fieldLabel(name)} ↓` },
						{ value: `${name} asc`, text: `${fieldLabel(name)} ↑` },
					])}
					onChange={(chosen) => {
						const [orderBy = "", orderDir = ""] = chosen.split(" ");
						setSearch({ orderBy, orderDir });
					}}
				/>
			) : null}
			{shown.map((field) => (
				<Filter
					key={field.name}
					name={field.name}
					label={field.label}
					show={(value) => shownValue(field, value)}
				>
					{({ value, onChange }) => (
						<Input
							field={{ ...field, hint: "", isNullable: true }}
							path={field.name}
							value={filterValue(field, value)}
							onChange={(changed) => onChange(Number.isNaN(changed) ? "" : String(changed ?? ""))}
							error={null}
						/>
					)}
				</Filter>
			))}
			{filters.length > shown.length ? (
				<SelectField
					label="Add a filter"
					value=""
					options={[
						{ value: "", text: "–" },
						...filters
							.filter((field) => !shown.includes(field))
							.map(({ name, label }) => ({ value: name, text: label })),
					]}
					onChange={(name) => setAdded([...added, name])}
				/>
			) : null}
			{hasOperation(document, "post", `/${path}/{id}/restore`) ? (
				<Checkbox
					label="Show deleted ones, too"
					checked={query.includeDeleted?.[0] === "true"}
					onChange={(on) => setSearch({ includeDeleted: on ? "true" : "" })}
				/>
			) : null}
		</div>
	);
}

type InputProps = ComponentProps<typeof FieldInput>;

const Input = (props: InputProps) =>
	props.field.kind.type === "text" ? <TypedInput {...props} /> : <FieldInput {...props} />;

/** The input of a filter that is typed. */
function TypedInput({ value, onChange, ...rest }: InputProps) {
	const [typed, setTyped] = useTyped(String(value ?? ""), onChange);
	return <FieldInput {...rest} value={typed} onChange={(text) => setTyped(String(text ?? ""))} />;
}

/** A filter's value in the URL, as its input takes it. */
function filterValue({ kind }: Field, text: string): unknown {
	if (text === "") return null;
	if (kind.type === "number") return Number(text);
	return kind.type === "flag" ? text === "true" : text;
}

/** One of several values of a filter, as its input would show it. */
function shownValue({ kind }: Field, value: string) {
	if (kind.type === "reference") return <Reference id={value} />;
	if (kind.type === "flag") return fieldLabel(value === "true" ? "yes" : "no");
	return kind.type === "choice" ? (kind.options.find((one) => one.value === value)?.text ?? value) : value;
}

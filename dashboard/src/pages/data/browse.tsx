// The list of a resource: searched, filtered and sorted as the API can, by the URL's query.
import { useEffect, useRef, useState } from "preact/hooks";
import { FieldInput } from "../../form/field-input.tsx";
import { fieldLabel } from "../../format.ts";
import { usePages } from "../../paging.ts";
import { records } from "../../records.ts";
import { type Entry, nameOf, pathOf, type Resource, resources } from "../../resources.ts";
import { href, setSearch, usePlace } from "../../router.tsx";
import { type Document, hasOperation, parametersOf, useDocument } from "../../schema/document.ts";
import { type Field, filtersOf, sortsOf } from "../../schema/fields.ts";
import { useHasScope } from "../../session.tsx";
import { Empty, QueryResult } from "../../ui/feedback.tsx";
import { Checkbox, SelectField, TextField } from "../../ui/field.tsx";
import { Heading, Tabs } from "../../ui/layout.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { Table } from "../../ui/table.tsx";
import { isBatched } from "./files/nouns.ts";
import { useKeptQuery } from "./list-path.ts";
import { Value } from "./value.tsx";

const PAUSE_MS = 250;
const PAGE = 25;
const numbers = new Set(["score", "price", "total", "dueTotal", "position", "submissionCount"]);

/** The lists of a group as tabs. */
export const ListTabs = ({ group, current }: { group: Resource["group"]; current: string }) => (
	<Tabs
		name={fieldLabel(group)}
		tabs={[
			...(group === "settings"
				? [
						{ path: "/settings", text: "Organization", current: current === "organization" },
						{ path: "/settings/notifications", text: "Notifications", current: current === "notifications" },
					]
				: []),
			...resources
				.filter((resource) => resource.group === group)
				.map((resource) => ({
					path: pathOf(resource),
					text: fieldLabel(resource.path),
					current: resource.path === current,
				})),
			...(group === "data"
				? [{ path: "/data/board", text: "Deal board", current: current === "board" }]
				: []),
		]}
	/>
);

export function Browse({ resource }: { resource: Resource }) {
	const document = useDocument();
	return (
		<QueryResult query={document}>{(found) => <List resource={resource} document={found} />}</QueryResult>
	);
}

function List({ resource, document }: { resource: Resource; document: Document }) {
	const { path, noun, title, columns, group } = resource;
	const { search } = usePlace();
	const filters = filtersOf(document, path);
	const names = new Set([
		...filters.map(({ name }) => name),
		"search",
		"orderBy",
		"orderDir",
		"includeDeleted",
	]);
	const query = Object.fromEntries([...search].filter(([name, value]) => names.has(name) && value !== ""));
	const asked = new URLSearchParams(query);
	useKeptQuery(resource, String(asked));
	const words = query.search ?? "";
	const entries = usePages<Entry>(["data", path, "list", query], (cursor) =>
		records.list(resource, { limit: PAGE, ...query, ...cursor }),
	);
	const mayCreate = useHasScope(`${path}:write`) && hasOperation(document, "post", `/${path}`);
	return (
		<>
			<Heading
				title={fieldLabel(group)}
				about={
					group === "data"
						? "What your organization keeps, as the API gives it."
						: "What your records refer to."
				}
				actions={
					mayCreate ? (
						<a class="button primary" href={href(`${pathOf(resource)}/new`)}>
							{`New ${noun}`}
						</a>
					) : null
				}
			/>
			<ListTabs group={group} current={path} />
			<Search key={path} resource={resource} document={document} filters={filters} query={query} />
			{isBatched(path) ? (
				<p>
					<a href={href(`/data/${path}/files${asked.size > 0 ? `?${asked}` : ""}`)}>Import or export</a>
				</p>
			) : null}
			<PagedList
				pages={entries}
				empty={
					Object.keys(query).length > 0 ? (
						<Empty
							title={words ? `No ${fieldLabel(path).toLowerCase()} match “${words}”` : "Nothing matches"}
						>
							<p>Words are found from their beginning; try fewer or shorter ones, or fewer filters.</p>
						</Empty>
					) : (
						<Empty title={`No ${fieldLabel(path).toLowerCase()} yet`}>
							<p>
								Create the first here, or with <code>POST /api/v1/{path}</code>.
							</p>
						</Empty>
					)
				}
			>
				{(items) => (
					<Table
						name={fieldLabel(path)}
						rows={items}
						keyOf={({ id }) => id}
						columns={[
							{
								head: fieldLabel(title),
								cell: (entry: Entry) => (
									<a class="row-link" href={href(pathOf(resource, entry.id))}>
										<strong>{nameOf(resource, entry)}</strong>
										{"number" in entry ? <span class="soft">#{String(entry.number)}</span> : null}
										{entry.deletedAt ? <span class="soft">deleted</span> : null}
									</a>
								),
							},
							...columns.map((field) => ({
								head: field === "updatedAt" ? "Changed" : fieldLabel(field),
								right: numbers.has(field),
								cell: (entry: Entry) => <Value entry={entry} field={field} />,
							})),
						]}
					/>
				)}
			</PagedList>
		</>
	);
}

interface SearchProps {
	readonly resource: Resource;
	readonly document: Document;
	readonly filters: readonly Field[];
	readonly query: Readonly<Record<string, string>>;
}

/** Search, sort and filters of a list. */
function Search({ resource: { path }, document, filters, query }: SearchProps) {
	const words = query.search ?? "";
	const [typed, setTyped] = useState(words);
	const [added, setAdded] = useState<readonly string[]>([]);
	const asked = useRef(words);
	useEffect(() => {
		// Not what was typed here, but a link: the list's tab shows all of it again.
		if (words === asked.current) return;
		asked.current = words;
		setTyped(words);
	}, [words]);
	useEffect(() => {
		const timer = setTimeout(() => {
			if (typed.trim() === asked.current) return;
			asked.current = typed.trim();
			setSearch({ search: asked.current });
		}, PAUSE_MS);
		return () => clearTimeout(timer);
	}, [typed]);
	const hasSearch = parametersOf(document, path).some(({ name }) => name === "search");
	const sorts = sortsOf(document, path);
	const shown = filters.filter(({ name }) => name in query || added.includes(name));
	const sort = `${query.orderBy ?? "createdAt"} ${query.orderDir ?? "desc"}`;
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
				<FieldInput
					key={field.name}
					field={{ ...field, hint: "", isNullable: true }}
					path={field.name}
					value={filterValue(field, query[field.name])}
					onChange={(value) => setSearch({ [field.name]: Number.isNaN(value) ? "" : String(value ?? "") })}
					error={null}
				/>
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
					checked={query.includeDeleted === "true"}
					onChange={(on) => setSearch({ includeDeleted: on ? "true" : "" })}
				/>
			) : null}
		</div>
	);
}

/** A filter's value in the URL, as its input takes it. */
function filterValue({ kind }: Field, text: string | undefined): unknown {
	if (text === undefined) return null;
	if (kind.type === "number") return Number(text);
	return kind.type === "flag" ? text === "true" : text;
}

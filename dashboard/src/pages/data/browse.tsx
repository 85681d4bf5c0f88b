// The list of a resource: searched, filtered and sorted as the API can, by the URL's query.
import { searchOf } from "../../api.ts";
import { fieldLabel } from "../../format.ts";
import { usePages } from "../../paging.ts";
import { records } from "../../records.ts";
import { type Entry, nameOf, pathOf, type Resource, resources } from "../../resources.ts";
import { href, queryIn, usePlace } from "../../router.tsx";
import { type Document, hasOperation, useDocument } from "../../schema/document.ts";
import { filtersOf } from "../../schema/fields.ts";
import { useHasScope } from "../../session.tsx";
import { Empty, QueryResult } from "../../ui/feedback.tsx";
import { Heading, Tabs } from "../../ui/layout.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { Table } from "../../ui/table.tsx";
import { isBatched } from "./files/nouns.ts";
import { useKeptQuery } from "./list-path.ts";
import { Search } from "./search.tsx";
import { Value } from "./value.tsx";

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
	const query = Object.fromEntries(Object.entries(queryIn(search)).filter(([name]) => names.has(name)));
	const asked = searchOf(query);
	useKeptQuery(resource, String(asked));
	const words = query.search?.join(" ") ?? "";
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

import { useEffect, useState } from "preact/hooks";
import { fieldLabel } from "../../format.ts";
import { usePages } from "../../paging.ts";
import { href, setSearch, usePlace } from "../../router.tsx";
import { Empty, QueryResult } from "../../ui/feedback.tsx";
import { TextField } from "../../ui/field.tsx";
import { Heading, Tabs } from "../../ui/layout.tsx";
import { LoadMore, Table } from "../../ui/table.tsx";
import { descriptions, type Entry, type Noun, nouns } from "./nouns.ts";
import { Value } from "./value.tsx";

const PAUSE_MS = 250;
const PAGE = 25;
const numbers = new Set(["score", "price"]);

export const DataTabs = ({ current }: { current: Noun | "board" }) => (
	<Tabs
		name="Data"
		tabs={[
			...nouns.map((noun) => ({ path: `/data/${noun}`, text: fieldLabel(noun), current: noun === current })),
			{ path: "/data/board", text: "Deal board", current: current === "board" },
		]}
	/>
);

export function Browse({ noun }: { noun: Noun }) {
	const { title, columns, list } = descriptions[noun];
	const search = usePlace().search.get("search") ?? "";
	const [typed, setTyped] = useState(search);
	useEffect(() => {
		const timer = setTimeout(() => typed.trim() !== search && setSearch({ search: typed.trim() }), PAUSE_MS);
		return () => clearTimeout(timer);
	}, [typed, search]);
	const entries = usePages<Entry>(["data", noun, "list", search], (cursor) =>
		list({ limit: PAGE, ...(search ? { search } : {}), ...cursor }),
	);
	return (
		<>
			<Heading title="Data" about="What your organization keeps, as the API gives it." />
			<DataTabs current={noun} />
			<div class="filters">
				<TextField label={`Search ${noun}`} type="search" value={typed} onInput={setTyped} />
			</div>
			<QueryResult query={{ ...entries, data: entries.items }}>
				{(items) =>
					items.length > 0 ? (
						<Table
							name={fieldLabel(noun)}
							rows={items}
							keyOf={({ id }) => id}
							columns={[
								{
									head: fieldLabel(title),
									cell: (entry: Entry) => (
										<a class="row-link" href={href(`/data/${noun}/${entry.id}`)}>
											<strong>{String(entry[title])}</strong>
											<span class="soft">#{entry.number}</span>
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
					) : search ? (
						<Empty title={`No ${noun} match “${search}”`}>
							<p>Words are found from their beginning; try fewer or shorter ones.</p>
						</Empty>
					) : (
						<Empty title={`No ${noun} yet`}>
							<p>
								Create the first with <code>POST /api/v1/{noun}</code>; the <a href="/docs">reference</a>{" "}
								shows how.
							</p>
						</Empty>
					)
				}
			</QueryResult>
			<LoadMore {...entries} />
		</>
	);
}

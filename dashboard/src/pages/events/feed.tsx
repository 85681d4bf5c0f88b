import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { fromLocalInput } from "../../format.ts";
import { usePages } from "../../paging.ts";
import { queryIn, usePlace } from "../../router.tsx";
import { useHasScope } from "../../session.tsx";
import { Empty } from "../../ui/feedback.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Filter, InstantFilter } from "../../ui/filter.tsx";
import { Heading } from "../../ui/layout.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { Code, Instant } from "../../ui/text.tsx";
import { Reference } from "../data/reference.tsx";
import { useCatalogue } from "../webhooks/test-send.tsx";
import { EventTabs } from "./catalogue.tsx";
import { EventDeliveries } from "./deliveries.tsx";

const LIVE_MS = 5_000;
const PAGE = 25;

export function Feed() {
	const { search } = usePlace();
	const catalogue = useCatalogue();
	const { type = [] } = queryIn(search);
	const since = fromLocalInput(search.get("since") ?? "");
	const events = usePages(
		["events", { type, since }],
		(cursor) => {
			const filters = { type: [...type], ...(since ? { since } : {}) };
			return callApi(api.GET("/events", { params: { query: { limit: PAGE, ...filters, ...cursor } } }));
		},
		LIVE_MS,
	);
	const names = (catalogue.data ?? []).map(({ event }) => event);
	const nouns = [
		...new Set(names.filter((name) => name.includes(".")).map((name) => `${name.split(".")[0]}.*`)),
	];
	return (
		<>
			<Heading title="Events" about="Everything that happened in your organization, newest first." />
			<EventTabs current="feed" />
			<div class="filters">
				<Filter name="type" label="Event">
					{(input) => <SelectField {...input} options={[{ value: "", text: "Any" }, ...nouns, ...names]} />}
				</Filter>
				<InstantFilter name="since" label="Since" />
			</div>
			<PagedList
				pages={events}
				empty={
					<Empty
						title={type.length > 0 || since ? "No event matches these filters" : "Nothing has happened yet"}
					>
						<p>Every change of your data shows here, whether or not a webhook listens.</p>
					</Empty>
				}
			>
				{(items) => (
					<ul class="feed" aria-label="Recent events">
						{items.map((event) => (
							<Item key={event.id} event={event} />
						))}
					</ul>
				)}
			</PagedList>
		</>
	);
}

function Item({ event: { id, type, entityId, createdAt, payload } }: { event: Schemas["Event"] }) {
	const [isOpen, setIsOpen] = useState(false);
	const maySeeDeliveries = useHasScope("webhooks:read");
	return (
		<li>
			<details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
				<summary>
					<code>{type}</code>
					<span class="soft mono">{entityId}</span>
					<Instant at={createdAt} />
				</summary>
				{isOpen ? (
					<>
						<p>
							Of <Reference id={entityId} />
						</p>
						{maySeeDeliveries ? <EventDeliveries eventId={id} /> : null}
						<Code name={id} value={payload} />
					</>
				) : null}
			</details>
		</li>
	);
}

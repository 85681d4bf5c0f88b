// The delivery log of a webhook, filtered by the URL's query and refreshed while it is open.
import { useQueryClient } from "@tanstack/preact-query";
import { useEffect } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { fromLocalInput } from "../../format.ts";
import { usePages } from "../../paging.ts";
import { href, queryIn, setSearch, usePlace } from "../../router.tsx";
import { Empty } from "../../ui/feedback.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Filter, InstantFilter, TextFilter } from "../../ui/filter.tsx";
import { Section } from "../../ui/layout.tsx";
import { LiveIndicator } from "../../ui/live.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Badge, Instant } from "../../ui/text.tsx";
import { useTopics } from "./event-picker.tsx";
import { DeliveryBadge, statuses, type Webhook } from "./state.tsx";

type Summary = Schemas["DeliverySummary"];

const LIVE_MS = 3_000;
const PAGE = 25;
const CODE = /^[1-9]\d\d$/;
const ID = /^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const names = ["status", "event", "statusCode", "recordId", "since", "until"] as const;

const columns: Column<Summary>[] = [
	{
		head: "Event",
		cell: ({ id, webhookId, event, test }) => (
			<a class="row-link" href={href(`/webhooks/${webhookId}/deliveries/${id}`)}>
				<code>{event}</code> {test ? <Badge tone="quiet">test</Badge> : null}
			</a>
		),
	},
	{ head: "Status", cell: ({ status }) => <DeliveryBadge status={status} /> },
	{ head: "Response", cell: ({ lastStatusCode }) => lastStatusCode ?? <span class="soft">–</span> },
	{ head: "Attempts", right: true, cell: ({ attemptCount }) => attemptCount },
	{ head: "Created", cell: ({ createdAt }) => <Instant at={createdAt} /> },
	{ head: "Next attempt", cell: ({ nextAttemptAt }) => <Instant at={nextAttemptAt} /> },
];

/** The API parameters for the filters in the URL; an incomplete status code or id is ignored. */
function queryOf(search: URLSearchParams) {
	const { status = [], event = [], statusCode = [] } = queryIn(search);
	const record = search.get("recordId") ?? "";
	const [since, until] = [search.get("since"), search.get("until")];
	return {
		limit: PAGE,
		status: statuses.filter((one) => status.includes(one)),
		event: [...event],
		statusCode: statusCode.filter((one) => CODE.test(one)).map(Number),
		...(ID.test(record) ? { recordId: record } : {}),
		...(since ? { since: fromLocalInput(since) } : {}),
		...(until ? { until: fromLocalInput(until) } : {}),
	};
}

export function Log({ webhook: { id } }: { webhook: Webhook }) {
	const { search } = usePlace();
	const topics = useTopics();
	const filters = queryOf(search);
	const deliveries = usePages(
		["deliveries", id, filters],
		(cursor) =>
			callApi(
				api.GET("/webhooks/{id}/deliveries", { params: { path: { id }, query: { ...filters, ...cursor } } }),
			),
		LIVE_MS,
	);
	// There is a new delivery, so the figures above have changed too.
	const client = useQueryClient();
	const sent = deliveries.items?.reduce((sum, { attemptCount }) => sum + attemptCount, 0);
	useEffect(() => {
		void client.invalidateQueries({ queryKey: ["stats", id] });
	}, [client, id, sent, deliveries.items?.[0]?.id]);
	const filtered = names.some((name) => search.has(name));
	const any = { value: "", text: "Any" };
	return (
		<Section title="Delivery log" bare actions={<LiveIndicator query={deliveries.head} />}>
			<div class="filters">
				<Filter name="status" label="Status">
					{(input) => <SelectField {...input} options={[any, ...statuses]} />}
				</Filter>
				<Filter name="event" label="Event">
					{(input) => (
						<SelectField {...input} options={[any, ...(topics.data ?? []).map(({ event }) => event)]} />
					)}
				</Filter>
				<TextFilter
					name="statusCode"
					label="Status code"
					placeholder="e.g. 500"
					pattern={CODE}
					expected="Three digits, from 100 to 999."
				/>
				<TextFilter
					name="recordId"
					label="Record"
					placeholder="its id"
					pattern={ID}
					expected="The id of a record, e.g. of a lead."
				/>
				<InstantFilter name="since" label="Since" />
				<InstantFilter name="until" label="Until" />
				{filtered ? (
					<button
						type="button"
						onClick={() => setSearch(Object.fromEntries(names.map((name) => [name, ""])))}
					>
						Clear filters
					</button>
				) : null}
			</div>
			<PagedList
				pages={deliveries}
				empty={
					filtered ? (
						<Empty title="No delivery matches these filters">
							<p>Deliveries are kept for some time only.</p>
						</Empty>
					) : (
						<Empty title="Nothing was delivered yet">
							<p>Send a test event, or wait for something to happen.</p>
						</Empty>
					)
				}
			>
				{(items) => (
					<Table name="Deliveries" columns={columns} rows={items} keyOf={(delivery) => delivery.id} />
				)}
			</PagedList>
		</Section>
	);
}

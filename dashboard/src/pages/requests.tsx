// The request log: what was asked, what failed and why, filtered by the URL's query and refreshed while it is open.
import { api, callApi, type Schemas } from "../api.ts";
import { counted, formatDuration, formatNumber, fromLocalInput } from "../format.ts";
import { usePages } from "../paging.ts";
import { queryIn, usePlace } from "../router.tsx";
import { Empty } from "../ui/feedback.tsx";
import { SelectField } from "../ui/field.tsx";
import { Filter, InstantFilter, TextFilter } from "../ui/filter.tsx";
import { Heading } from "../ui/layout.tsx";
import { LiveIndicator } from "../ui/live.tsx";
import { PagedList } from "../ui/paged-list.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Badge, Instant } from "../ui/text.tsx";

type LoggedRequest = Schemas["LoggedRequest"];

const LIVE_MS = 5_000;
const PAGE = 25;
const CODE = /^[2-5]\d\d$/;
const KEY = /^key_[0-9a-z]{26}$/;
const methods = ["GET", "POST", "PATCH", "DELETE"] as const;

const columns: Column<LoggedRequest>[] = [
	{
		head: "Request",
		cell: ({ method, path }) => (
			<>
				<code>{method}</code> <code>{path}</code>
			</>
		),
	},
	{
		head: "Answer",
		cell: ({ status, code }) => (
			<>
				<Badge tone={status < 400 ? "good" : "bad"}>{status}</Badge> {code ? <code>{code}</code> : null}
			</>
		),
	},
	{ head: "Message", cell: ({ message }) => message ?? <span class="soft">–</span> },
	{
		head: "Times",
		right: true,
		cell: ({ count, omitted }) => (
			<>
				{formatNumber(count)}
				{omitted > 0 ? <span class="soft"> and {counted(omitted, "other")} not shown</span> : null}
			</>
		),
	},
	{ head: "Took", right: true, cell: ({ durationMs }) => formatDuration(durationMs) },
	{ head: "When", cell: ({ at }) => <Instant at={at} /> },
	{
		head: "Key and request id",
		cell: ({ keyId, requestId }) => (
			<span class="soft mono">
				{keyId} {requestId}
			</span>
		),
	},
];

export function Requests() {
	const { search } = usePlace();
	const { status = [], method = [], keyId = [] } = queryIn(search);
	const since = fromLocalInput(search.get("since") ?? "");
	const filters = {
		limit: PAGE,
		status: status.filter((one) => CODE.test(one)).map(Number),
		method: methods.filter((one) => method.includes(one)),
		keyId: keyId.filter((one) => KEY.test(one)),
		...(since ? { since } : {}),
	};
	const requests = usePages(
		["request-log", filters],
		(cursor) => callApi(api.GET("/request-log", { params: { query: { ...filters, ...cursor } } })),
		LIVE_MS,
	);
	return (
		<>
			<Heading
				title="Requests"
				about="What your keys asked in the last days: each request that failed, and one in fifty of the others. Bodies, queries and keys are not kept."
				actions={<LiveIndicator query={requests.head} />}
			/>
			<div class="filters">
				<TextFilter
					name="status"
					label="Status code"
					placeholder="e.g. 400"
					pattern={CODE}
					expected="Three digits, from 200 to 599."
				/>
				<Filter name="method" label="Method">
					{(input) => <SelectField {...input} options={[{ value: "", text: "Any" }, ...methods]} />}
				</Filter>
				<TextFilter
					name="keyId"
					label="API key"
					placeholder="its id"
					pattern={KEY}
					expected="The id of a key, which begins with key_."
				/>
				<InstantFilter name="since" label="Since" />
			</div>
			<PagedList
				pages={requests}
				empty={
					<Empty title="No request was logged">
						<p>Requests that fail show here some seconds later.</p>
					</Empty>
				}
			>
				{(items) => <Table name="Requests" columns={columns} rows={items} keyOf={({ id }) => id} />}
			</PagedList>
		</>
	);
}

// The request log: what was asked, what failed and why, filtered by the URL's query and refreshed while it is open.
import { api, callApi, type Schemas } from "../api.ts";
import { formatDuration, formatNumber, fromLocalInput } from "../format.ts";
import { usePages } from "../paging.ts";
import { searchField, usePlace } from "../router.tsx";
import { Empty } from "../ui/feedback.tsx";
import { SelectField, TextField } from "../ui/field.tsx";
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
				{omitted > 0 ? <span class="soft"> and {formatNumber(omitted)} others not shown</span> : null}
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
	const field = (name: string) => searchField(search, name);
	const method = methods.find((one) => one === search.get("method"));
	const [status, keyId] = ["status", "keyId"].map((name) => search.get(name) ?? "");
	const since = fromLocalInput(search.get("since") ?? "");
	const filters = {
		limit: PAGE,
		...(status && CODE.test(status) ? { status: [Number(status)] } : {}),
		...(method ? { method: [method] } : {}),
		...(keyId && KEY.test(keyId) ? { keyId: [keyId] } : {}),
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
				<TextField
					label="Status code"
					type="text"
					placeholder="e.g. 400"
					error={status && !CODE.test(status) ? "Three digits, from 200 to 599." : undefined}
					{...field("status")}
				/>
				<SelectField label="Method" options={[{ value: "", text: "Any" }, ...methods]} {...field("method")} />
				<TextField
					label="API key"
					type="text"
					placeholder="its id"
					error={keyId && !KEY.test(keyId) ? "The id of a key, which begins with key_." : undefined}
					{...field("keyId")}
				/>
				<TextField label="Since" type="datetime-local" {...field("since")} />
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

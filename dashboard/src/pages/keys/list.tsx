import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { useMutation } from "../../mutation.ts";
import { usePages } from "../../paging.ts";
import { useHasScope, useSession } from "../../session.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Empty, ErrorNotice } from "../../ui/feedback.tsx";
import { Checkbox } from "../../ui/field.tsx";
import { Heading } from "../../ui/layout.tsx";
import { PagedList } from "../../ui/paged-list.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Badge, FirstNames, Instant } from "../../ui/text.tsx";
import { CreateKey } from "./create.tsx";
import { RotateKey } from "./rotate.tsx";

type Key = Schemas["ApiKey"];
type Task = { readonly what: "rotate" | "revoke"; readonly key: Key } | { readonly what: "create" };

const DAY_MS = 86_400_000;
const UNUSED_MS = 30 * DAY_MS;

function state(key: Key) {
	if (key.revokedAt) return <Badge tone="bad">Revoked</Badge>;
	if (key.expiresAt) {
		const gone = Date.parse(key.expiresAt) <= Date.now();
		return <Badge tone={gone ? "bad" : "waiting"}>{gone ? "Expired" : "Expires"}</Badge>;
	}
	const idle = Date.now() - Date.parse(key.lastUsedAt ?? key.createdAt) > UNUSED_MS;
	return idle ? <Badge tone="quiet">Unused for 30 days</Badge> : <Badge tone="good">Active</Badge>;
}

const scopesOf = ({ scopes }: Key) => (scopes.includes("*") ? "Everything" : <FirstNames names={scopes} />);

export function ApiKeys() {
	const [revoked, setRevoked] = useState(false);
	const [task, setTask] = useState<Task | null>(null);
	const [made, setMade] = useState<Schemas["ApiKeyCreated"] | null>(null);
	const mayWrite = useHasScope("api-keys:write");
	const { keyId } = useSession();
	const client = useQueryClient();
	const keys = usePages(["api-keys", { revoked }], (cursor) =>
		callApi(api.GET("/api-keys", { params: { query: { includeRevoked: revoked, limit: 50, ...cursor } } })),
	);
	const close = () => setTask(null);
	const done = () => {
		close();
		return client.invalidateQueries({ queryKey: ["api-keys"] });
	};
	const revoke = useMutation({
		mutationFn: ({ id }: Key) => callApi(api.DELETE("/api-keys/{id}", { params: { path: { id } } })),
		onSuccess: done,
	});
	const show = (key: Schemas["ApiKeyCreated"]) => {
		setMade(key);
		return done();
	};

	const columns: Column<Key>[] = [
		{
			head: "Name",
			cell: (key) => (
				<>
					<strong>{key.name}</strong>
					{key.id === keyId ? <span class="soft"> this session’s</span> : null}
				</>
			),
		},
		{ head: "Key", cell: ({ keyPrefix }) => <code>{keyPrefix}…</code> },
		{ head: "Scopes", cell: scopesOf },
		{ head: "State", cell: state },
		{ head: "Last used", cell: ({ lastUsedAt }) => <Instant at={lastUsedAt} none="Never" /> },
		{ head: "Created", cell: ({ createdAt }) => <Instant at={createdAt} /> },
		{
			head: "",
			right: true,
			cell: (key) =>
				mayWrite && !key.revokedAt ? (
					<div class="actions">
						<button type="button" class="small" onClick={() => setTask({ what: "rotate", key })}>
							Rotate
						</button>
						<button type="button" class="small danger-text" onClick={() => setTask({ what: "revoke", key })}>
							Revoke
						</button>
					</div>
				) : null,
		},
	];

	return (
		<>
			<Heading
				title="API keys"
				about="One for each integration, with no more scopes than it needs. Each may ask 60 times a minute."
				actions={
					mayWrite ? (
						<button type="button" class="primary" onClick={() => setTask({ what: "create" })}>
							Create key
						</button>
					) : null
				}
			/>
			<div class="filters">
				<Checkbox label="Show revoked and expired keys" checked={revoked} onChange={setRevoked} />
			</div>
			<PagedList
				pages={keys}
				empty={
					<Empty title="No API keys yet">
						<p>Create one for the first program that is to use the API.</p>
					</Empty>
				}
			>
				{(items) => <Table name="API keys" columns={columns} rows={items} keyOf={({ id }) => id} />}
			</PagedList>
			{task?.what === "create" ? <CreateKey onClose={close} onMade={show} /> : null}
			{task?.what === "rotate" ? <RotateKey of={task.key} onClose={close} onMade={show} /> : null}
			{task?.what === "revoke" ? (
				<Confirm
					title={`Revoke “${task.key.name}”?`}
					action="Revoke"
					busy={revoke.isPending}
					onConfirm={() => revoke.mutate(task.key)}
					onClose={close}
				>
					<p>
						Every call with <code>{task.key.keyPrefix}…</code> fails from now on, and it can’t be brought
						back.
					</p>
					{task.key.id === keyId ? <p>You are signed in with this key: this session ends, too.</p> : null}
					<ErrorNotice error={revoke.error} />
				</Confirm>
			) : null}
			{made ? (
				<ShownOnce
					title={`“${made.name}” is ready`}
					name="API key"
					value={made.key}
					onClose={() => setMade(null)}
				>
					Copy the key now. It is shown this once; we keep only a hash of it.
				</ShownOnce>
			) : null}
		</>
	);
}

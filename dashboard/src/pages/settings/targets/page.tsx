// The settings page of notification targets: who is told of failing webhooks, expiring keys and quotas.
import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi } from "../../../api.ts";
import { useMutation } from "../../../mutation.ts";
import { usePages } from "../../../paging.ts";
import { useHasScope } from "../../../session.tsx";
import { Confirm } from "../../../ui/dialog.tsx";
import { Empty, ErrorNotice } from "../../../ui/feedback.tsx";
import { Heading } from "../../../ui/layout.tsx";
import { PagedList } from "../../../ui/paged-list.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { Instant } from "../../../ui/text.tsx";
import { ListTabs } from "../../data/browse.tsx";
import { TargetForm } from "./form.tsx";
import { eventNames, events, kinds, type Target } from "./kinds.ts";

type Task = { readonly what: "create" } | { readonly what: "change" | "delete"; readonly target: Target };

/** Who knows the whole URL of a channel can write to it, so a list shows its host. */
const whereOf = ({ url, address }: Target) => (url === null ? address : new URL(url).host);

const toldOf = ({ events: told }: Target) =>
	told.length === eventNames.length ? (
		"Everything"
	) : (
		<ul class="chips">
			{told.map((event) => (
				<li key={event}>{events[event].text}</li>
			))}
		</ul>
	);

const columns: readonly Column<Target>[] = [
	{ head: "Name", cell: ({ name }) => <strong>{name}</strong> },
	{ head: "By", cell: ({ type }) => kinds[type].text },
	{ head: "Where", cell: (target) => <code>{whereOf(target)}</code> },
	{ head: "Told when", cell: toldOf },
	{ head: "Changed", cell: ({ updatedAt }) => <Instant at={updatedAt} /> },
];

export function Targets() {
	const [task, setTask] = useState<Task | null>(null);
	const mayWrite = useHasScope("notifications:write");
	const client = useQueryClient();
	const targets = usePages(["notification-targets"], (cursor) =>
		callApi(api.GET("/notification-targets", { params: { query: { limit: 50, ...cursor } } })),
	);
	const close = () => setTask(null);
	const done = () => {
		close();
		return client.invalidateQueries({ queryKey: ["notification-targets"] });
	};
	const remove = useMutation({
		mutationFn: ({ id }: Target) =>
			callApi(api.DELETE("/notification-targets/{id}", { params: { path: { id } } })),
		onSuccess: done,
	});
	const actions: Column<Target> = {
		head: "",
		right: true,
		cell: (target) => (
			<div class="actions">
				<button type="button" class="small" onClick={() => setTask({ what: "change", target })}>
					Edit
				</button>
				<button type="button" class="small danger-text" onClick={() => setTask({ what: "delete", target })}>
					Delete
				</button>
			</div>
		),
	};
	return (
		<>
			<Heading
				title="Settings"
				about="Who is told when something needs attention: once when it begins, and again after a week if it still holds."
				actions={
					mayWrite ? (
						<button type="button" class="primary" onClick={() => setTask({ what: "create" })}>
							New target
						</button>
					) : null
				}
			/>
			<ListTabs group="settings" current="notifications" />
			<PagedList
				pages={targets}
				empty={
					<Empty title="Nobody is told yet">
						<p>
							A webhook that fails can’t say so itself. A channel of Slack, Discord or Teams can, a URL of
							your own, or an e-mail.
						</p>
					</Empty>
				}
			>
				{(items) => (
					<Table
						name="Notification targets"
						rows={items}
						keyOf={({ id }) => id}
						columns={mayWrite ? [...columns, actions] : columns}
					/>
				)}
			</PagedList>
			{task?.what === "create" ? <TargetForm onClose={close} onSaved={done} /> : null}
			{task?.what === "change" ? <TargetForm target={task.target} onClose={close} onSaved={done} /> : null}
			{task?.what === "delete" ? (
				<Confirm
					title={`Delete “${task.target.name}”?`}
					action="Delete target"
					busy={remove.isPending}
					onConfirm={() => remove.mutate(task.target)}
					onClose={close}
				>
					<p>It is told nothing any more.</p>
					<ErrorNotice error={remove.error} />
				</Confirm>
			) : null}
		</>
	);
}

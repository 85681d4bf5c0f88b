// Sends the example of an event to a webhook and shows the receiver's answer.
import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, eventCatalogue } from "../../api.ts";
import { formatDuration } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { href } from "../../router.tsx";
import { Dialog, DialogFooter } from "../../ui/dialog.tsx";
import { ErrorNotice, errorAt, QueryResult } from "../../ui/feedback.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Code, Prose } from "../../ui/text.tsx";
import { succeeded } from "./attempt.tsx";
import { useTopics } from "./event-picker.tsx";
import { useDelivery } from "./queries.ts";

const POLL_MS = 500;

export const useCatalogue = () =>
	useQuery({ queryKey: ["catalogue"], queryFn: eventCatalogue, staleTime: Number.POSITIVE_INFINITY });

export function TestSend({ webhookId, onClose }: { webhookId: string; onClose: () => void }) {
	const topics = useTopics();
	const catalogue = useCatalogue();
	const [picked, setPicked] = useState("");
	const event = picked || topics.data?.[0]?.event || "";
	const client = useQueryClient();
	const post = useOnce((body: { readonly event: string }, params) =>
		callApi(api.POST("/webhooks/{id}/test", { params: { path: { id: webhookId }, ...params }, body })),
	);
	const send = useMutation({
		mutationFn: () => post({ event }),
		onSuccess: () => client.invalidateQueries({ queryKey: ["head", "deliveries", webhookId] }),
	});
	return (
		<Dialog title="Send a test event" onClose={onClose} wide>
			<QueryResult query={topics}>
				{(found) => (
					<SelectField
						label="Event"
						value={event}
						options={found.map((topic) => topic.event)}
						onChange={(name) => {
							setPicked(name);
							send.reset();
						}}
						hint={<Prose text={found.find((topic) => topic.event === event)?.description ?? ""} />}
						error={errorAt(send.error, "event")}
					/>
				)}
			</QueryResult>
			{send.data ? (
				<Answer webhookId={webhookId} id={send.data.id} />
			) : (
				<QueryResult query={catalogue}>
					{(events) => (
						<Code name="Example" value={events.find((one) => one.event === event)?.example ?? {}} />
					)}
				</QueryResult>
			)}
			<ErrorNotice error={send.error} shown={["event"]} />
			<DialogFooter
				action={send.data ? "Send again" : "Send"}
				busy={send.isPending}
				disabled={!event}
				onAction={() => send.mutate()}
				close="Close"
				onClose={onClose}
			/>
		</Dialog>
	);
}

/** The outcome of the first attempt. */
function Answer({ webhookId, id }: { webhookId: string; id: string }) {
	const delivery = useDelivery(webhookId, id, POLL_MS, true);
	const attempt = delivery.data?.attempts[0];
	if (delivery.error) return <ErrorNotice error={delivery.error} />;
	if (!attempt)
		return (
			<div class="answer" role="status">
				Sent. Waiting for the answer…
			</div>
		);
	const good = succeeded(attempt);
	return (
		<>
			<div class={`answer ${good ? "good" : "bad"}`} role="status">
				<strong>{good ? "Received" : "Not received"}</strong>
				<span>
					{attempt.statusCode ?? attempt.error} after {formatDuration(attempt.durationMs)}
				</span>
				<a href={href(`/webhooks/${webhookId}/deliveries/${id}`)}>See the delivery</a>
			</div>
			{attempt.responseBody ? <Code name="Response body" value={attempt.responseBody} /> : null}
		</>
	);
}

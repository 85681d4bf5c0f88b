// Sends deliveries again that failed or were skipped since an instant.
import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi } from "../../api.ts";
import { formatNumber, fromLocalInput, toLocalInput } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { Dialog, DialogFooter } from "../../ui/dialog.tsx";
import { ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import type { Webhook } from "./state.tsx";

const DAY_MS = 86_400_000;
const kinds = [
	{ value: "failed", text: "Failed: every attempt failed" },
	{ value: "skipped", text: "Skipped: the webhook was disabled" },
];

interface Request {
	readonly since: string;
	readonly until?: string;
	readonly status: "failed" | "skipped";
}

export function Recover({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
	const { id } = webhook;
	const [since, setSince] = useState(() => toLocalInput(new Date(Date.now() - DAY_MS)));
	const [until, setUntil] = useState("");
	const [status, setStatus] = useState<Request["status"]>("failed");
	const client = useQueryClient();
	const post = useOnce((body: Request, params) =>
		callApi(api.POST("/webhooks/{id}/recover", { params: { path: { id }, ...params }, body })),
	);
	const recover = useMutation({
		mutationFn: () =>
			post({ since: fromLocalInput(since), ...(until ? { until: fromLocalInput(until) } : {}), status }),
		onSuccess: () => client.invalidateQueries({ queryKey: ["head", "deliveries", id] }),
	});
	const { data, error } = recover;
	return (
		<Dialog title="Send deliveries again" onClose={onClose}>
			<Form onSubmit={() => recover.mutate()}>
				<p>Each is sent again, with all its retries, unless it was received since. At most 14 days back.</p>
				<SelectField
					label="Which"
					value={status}
					options={kinds}
					onChange={(value) => setStatus(value === "skipped" ? "skipped" : "failed")}
					error={errorAt(error, "status")}
				/>
				<div class="row">
					<TextField
						label="Since"
						type="datetime-local"
						required
						value={since}
						onInput={setSince}
						error={errorAt(error, "since")}
					/>
					<TextField
						label="Until"
						optional
						type="datetime-local"
						value={until}
						onInput={setUntil}
						hint="Now when left empty."
						error={errorAt(error, "until")}
					/>
				</div>
				<ErrorNotice error={error} shown={["since", "until", "status"]} />
				{data ? (
					<div class="answer good" role="status">
						<strong>
							{data.recovered === 1 ? "1 delivery is" : `${formatNumber(data.recovered)} deliveries are`} on
							the way again.
						</strong>
						{webhook.pausedUntil ? (
							<span>
								The webhook is paused: what waits has not failed, and goes out when you choose “Resume now”.
							</span>
						) : null}
					</div>
				) : null}
				<DialogFooter action="Send again" busy={recover.isPending} close="Close" onClose={onClose} />
			</Form>
		</Dialog>
	);
}

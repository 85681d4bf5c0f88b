import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { useNavigate } from "../../router.tsx";
import { errorAt } from "../../ui/feedback.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Heading } from "../../ui/layout.tsx";
import { PageResult } from "../../ui/page-result.tsx";
import { ShownOnce } from "../../ui/shown-once.tsx";
import { WebhookForm } from "./form.tsx";
import { useWebhook } from "./queries.ts";
import { webhookName } from "./state.tsx";

type Made = Schemas["WebhookCreated"];

const signings = [
	{ value: "made", text: "With a secret made for me" },
	{ value: "given", text: "With a secret of mine" },
	{ value: "none", text: "No signature" },
];

export function NewWebhook() {
	const client = useQueryClient();
	const [made, setMade] = useState<Made | null>(null);
	const [signing, setSigning] = useState("made");
	const [secret, setSecret] = useState("");
	const navigate = useNavigate();
	const open = ({ id }: Made) => navigate(`/webhooks/${id}`);
	const post = useOnce((body: Schemas["WebhookCreate"], params) =>
		callApi(api.POST("/webhooks", { params, body })),
	);
	const create = useMutation({
		mutationFn: post,
		onSuccess: (webhook) => {
			void client.invalidateQueries({ queryKey: ["head", "webhooks"] });
			if (webhook.secret && signing === "made") setMade(webhook);
			else open(webhook);
		},
	});
	const chosen = signing === "made" ? {} : { secret: signing === "none" ? null : secret };
	return (
		<>
			<Heading title="New webhook" up={{ path: "/webhooks", text: "Webhooks" }} />
			<WebhookForm
				action="Create"
				back="/webhooks"
				save={create}
				onSubmit={(fields) => create.mutate({ ...fields, ...chosen })}
			>
				<div class="row">
					<SelectField
						label="Signed"
						value={signing}
						options={signings}
						onChange={setSigning}
						hint="The signature shows the receiver that a delivery is from here."
					/>
					{signing === "given" ? (
						<TextField
							label="Secret"
							mono
							required
							value={secret}
							onInput={setSecret}
							hint="16 to 256 visible characters."
							error={errorAt(create.error, "secret")}
						/>
					) : null}
				</div>
			</WebhookForm>
			{made ? (
				<ShownOnce
					title="The webhook is ready"
					name="Secret"
					value={made.secret ?? ""}
					onClose={() => open(made)}
				>
					Copy its secret now: it is shown this once. Your receiver checks the header{" "}
					<code>webhook-signature</code> with it.
				</ShownOnce>
			) : null}
		</>
	);
}

export function EditWebhook({ id }: { id: string }) {
	const client = useQueryClient();
	const back = `/webhooks/${id}`;
	const navigate = useNavigate();
	const webhook = useWebhook(id, false);
	const save = useMutation({
		mutationFn: ({ version, body }: { version: number; body: Schemas["WebhookUpdate"] }) =>
			callApi(
				api.PATCH("/webhooks/{id}", {
					params: { path: { id }, header: { "If-Match": `"${version}"` } },
					body,
				}),
			),
		onSuccess: (saved) => {
			client.setQueryData(["webhook", id], saved);
			void client.invalidateQueries({ queryKey: ["head", "webhooks"] });
			navigate(back);
		},
	});
	return (
		<PageResult title="Edit webhook" up={{ path: "/webhooks", text: "Webhooks" }} query={webhook}>
			{(found) => (
				<>
					<Heading title="Edit webhook" up={{ path: back, text: webhookName(found) }} />
					<WebhookForm
						webhook={found}
						action="Save"
						back={back}
						save={save}
						onSubmit={(_, changes, version) => save.mutate({ version, body: changes })}
						reload={async () => (await webhook.refetch({ throwOnError: true })).data}
					/>
				</>
			)}
		</PageResult>
	);
}

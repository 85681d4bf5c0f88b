import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { fromLocalInput } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { Dialog, DialogFooter } from "../../ui/dialog.tsx";
import { ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { Checkbox, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import { Scopes } from "./scopes.tsx";

type Scope = Schemas["ApiKey"]["scopes"][number];

interface Props {
	readonly onClose: () => void;
	readonly onMade: (key: Schemas["ApiKeyCreated"]) => unknown;
}

export function CreateKey({ onClose, onMade }: Props) {
	const [name, setName] = useState("");
	const [scopes, setScopes] = useState<readonly Scope[]>(["*"]);
	const [expires, setExpires] = useState("");
	const [envelope, setEnvelope] = useState(false);
	const [readsNearest, setReadsNearest] = useState(false);
	const post = useOnce((body: Schemas["ApiKeyCreate"], params) =>
		callApi(api.POST("/api-keys", { params, body })),
	);
	const create = useMutation({
		mutationFn: () => {
			const expiresAt = fromLocalInput(expires);
			const reads: Schemas["ApiKey"]["reads"] = readsNearest ? "nearest" : "primary";
			const body = { name, scopes: [...scopes], envelope, reads, ...(expiresAt ? { expiresAt } : {}) };
			return post(body);
		},
		onSuccess: onMade,
	});
	const { error } = create;
	return (
		<Dialog title="Create an API key" onClose={onClose} wide>
			<Form unsaved={name !== "" || expires !== ""} onSubmit={() => create.mutate()}>
				<TextField
					label="Name"
					value={name}
					onInput={setName}
					required
					focused
					placeholder="Website integration"
					hint="Where it is used, to know it by later."
					error={errorAt(error, "name")}
				/>
				<Scopes chosen={scopes} onChange={setScopes} />
				<div class="row">
					<TextField
						label="Expires"
						optional
						type="datetime-local"
						value={expires}
						onInput={setExpires}
						hint="Never when left empty."
						error={errorAt(error, "expiresAt")}
					/>
					<Checkbox
						label="Envelope"
						hint="Answers come as { data, meta }, for clients written for that."
						checked={envelope}
						onChange={setEnvelope}
					/>
				</div>
				<Checkbox
					label="Reads from the nearest copy"
					hint="Faster far away from the database, but what others write may appear some seconds later."
					checked={readsNearest}
					onChange={setReadsNearest}
				/>
				<ErrorNotice error={error} shown={["name", "expiresAt"]} />
				<DialogFooter
					action="Create"
					busy={create.isPending}
					disabled={scopes.length === 0}
					onClose={onClose}
				/>
			</Form>
		</Dialog>
	);
}

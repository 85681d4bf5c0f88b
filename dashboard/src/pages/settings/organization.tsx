import { useQueryClient } from "@tanstack/preact-query";
import { api, callApi, type Schemas } from "../../api.ts";
import { useChanges } from "../../form/changes.ts";
import { Clashes } from "../../form/clashes.tsx";
import { LoadLatest } from "../../form/load-latest.tsx";
import { fieldLabel } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { ActionButton, ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";

type Organization = Schemas["Organization"];

/** The browser's time zones, and the current one. */
const zones = (set: string) => [...new Set([set, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();

type Values = Pick<Organization, "name" | "timezone" | "currency">;

interface Props {
	readonly organization: Organization;
	readonly reload: () => Promise<Organization | undefined>;
}

export function OrganizationForm({ organization, reload }: Props) {
	const changes = useChanges(organization);
	const { base, changed, isChanged } = changes;
	const set = (change: Partial<Values>) => changes.set(() => change);
	const { name, timezone, currency } = changes.values;
	const client = useQueryClient();
	const save = useMutation({
		mutationFn: (sent: Partial<Values>) => {
			const { currency } = sent;
			const body = {
				...sent,
				...(currency === undefined ? {} : { currency: currency.trim().toUpperCase() }),
			};
			const header = { "If-Match": `"${base.version}"` };
			return callApi(api.PATCH("/organization", { params: { header }, body }));
		},
		onSuccess: (stored, sent) => {
			client.setQueryData(["organization"], stored);
			changes.saved(sent, stored);
		},
	});
	return (
		<Form
			class="page-form"
			unsaved={isChanged}
			onSubmit={() => {
				if (isChanged) save.mutate(changed);
			}}
		>
			<div class="fields">
				<TextField
					label="Name"
					required
					value={name}
					onInput={(value) => set({ name: value })}
					error={errorAt(save.error, "name")}
				/>
				<SelectField
					label="Time zone"
					value={timezone}
					options={zones(organization.timezone)}
					onChange={(value) => set({ timezone: value })}
					error={errorAt(save.error, "timezone")}
				/>
				<TextField
					label="Currency"
					required
					value={currency}
					onInput={(value) => set({ currency: value })}
					hint="Three letters, such as EUR. New deals have it unless they name another."
					error={errorAt(save.error, "currency")}
				/>
			</div>
			<Clashes labels={changes.clashes.map(fieldLabel)} />
			<ErrorNotice error={save.error} shown={["name", "timezone", "currency"]} />
			<footer>
				<LoadLatest save={save} read={reload} changes={changes} />
				<ActionButton class="primary" busy={save.isPending}>
					Save organization
				</ActionButton>
			</footer>
		</Form>
	);
}

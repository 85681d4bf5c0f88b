import { RecordForm } from "../../form/record-form.tsx";
import { fieldLabel } from "../../format.ts";
import { pathOf, type Resource } from "../../resources.ts";
import { navigate } from "../../router.tsx";
import { Heading } from "../../ui/layout.tsx";

/** The page that creates a record. */
export const NewRecord = ({ resource }: { resource: Resource }) => (
	<>
		<Heading
			title={`New ${resource.noun}`}
			up={{ path: pathOf(resource), text: fieldLabel(resource.path) }}
		/>
		<RecordForm
			resource={resource}
			onSaved={({ id }) => navigate(pathOf(resource, id), true)}
			onCancel={() => navigate(pathOf(resource))}
		/>
	</>
);

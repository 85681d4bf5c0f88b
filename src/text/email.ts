// E-mail addresses are kept as typed, and are the same where case and the spelling of an international domain alone differ.

/** What an address is looked up by: lower case, its domain in the ASCII form that IDNA gives it (`xn--…`). */
export function emailKey(address: string): string {
	const at = address.lastIndexOf("@");
	const domain = address.slice(at + 1);
	return `${address.slice(0, at).normalize("NFC").toLowerCase()}@${asciiDomain(domain)}`;
}

function asciiDomain(domain: string): string {
	const lower = domain.toLowerCase();
	if (!/[\u0080-\uffff]/.test(lower)) return lower;
	// The platform's URL parser has the tables of IDNA; what it can't read is compared as it is.
	return URL.parse(`http://${domain}`)?.hostname ?? lower;
}

// E-mail addresses are stored as typed. They are equal if they only differ in case or in the spelling of an international domain.

/** The lookup key of an address: in lower case, with the domain in the ASCII form of IDNA (`xn--…`). */
export function emailKey(address: string): string {
	const at = address.lastIndexOf("@");
	const domain = address.slice(at + 1);
	return `${address.slice(0, at).normalize("NFC").toLowerCase()}@${asciiDomain(domain)}`;
}

function asciiDomain(domain: string): string {
	const lower = domain.toLowerCase();
	if (!/[\u0080-\uffff]/.test(lower)) return lower;
	// The URL parser knows IDNA. A domain that it can't parse is compared unchanged.
	return URL.parse(`http://${domain}`)?.hostname ?? lower;
}

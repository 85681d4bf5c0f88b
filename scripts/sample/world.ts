// Names and places of the sample data. Nobody is real: the mail domains are reserved for examples.

export interface Place {
	readonly country: string;
	readonly cities: readonly string[];
	readonly phone: string;
	readonly firstNames: readonly string[];
	readonly lastNames: readonly string[];
	readonly companies: readonly string[];
}

export const places: readonly Place[] = [
	{
		country: "Norway",
		cities: ["Bergen", "Stavanger", "Trondheim"],
		phone: "+4755501",
		firstNames: ["Astrid", "Henrik", "Solveig", "Magnus", "Ingvild"],
		lastNames: ["Haugen", "Bakke", "Nygård", "Lunde", "Strand"],
		companies: ["Vestkyst Sjømat", "Nordfjord Trelast", "Hardanger Frukt", "Sognefjell Meieri"],
	},
	{
		country: "Germany",
		cities: ["Hamburg", "Leipzig", "Freiburg"],
		phone: "+4930555",
		firstNames: ["Katharina", "Jürgen", "Lena", "Felix", "Anneliese"],
		lastNames: ["Brandt", "Schäfer", "Vogel", "Kühn", "Hoffmann"],
		companies: ["Elbufer Logistik", "Bäckerei Morgenrot", "Hansekontor", "Maschinenbau Reuter"],
	},
	{
		country: "Poland",
		cities: ["Gdańsk", "Wrocław", "Łódź"],
		phone: "+4858555",
		firstNames: ["Zofia", "Paweł", "Agnieszka", "Krzysztof", "Małgorzata"],
		lastNames: ["Nowak", "Wiśniewska", "Zieliński", "Kamińska", "Dąbrowski"],
		companies: ["Bałtyk Cold Storage", "Hurtownia Dąb", "Młyn Wisła", "Polskie Szkło"],
	},
	{
		country: "Spain",
		cities: ["Valencia", "Sevilla", "Zaragoza"],
		phone: "+3496555",
		firstNames: ["Lucía", "Íñigo", "Carmen", "Álvaro", "Nuria"],
		lastNames: ["Castillo", "Peña", "Ibáñez", "Romero", "Muñoz"],
		companies: ["Naranjas del Turia", "Talleres Ebro", "Hotel Mirador", "Cerámica Levante"],
	},
	{
		country: "France",
		cities: ["Nantes", "Lyon", "Lille"],
		phone: "+3324055",
		firstNames: ["Chloé", "Étienne", "Manon", "Baptiste", "Élodie"],
		lastNames: ["Dubois", "Lefèvre", "Moreau", "Garnier", "Chevalier"],
		companies: ["Fromagerie du Lac", "Atelier Garnier", "Brasserie Deux Ponts", "Transports Lorient"],
	},
	{
		country: "Nigeria",
		cities: ["Lagos", "Abuja", "Ibadan"],
		phone: "+2341555",
		firstNames: ["Ngozi", "Chidi", "Folake", "Emeka", "Yetunde"],
		lastNames: ["Okonkwo", "Adeyemi", "Balogun", "Eze", "Nwosu"],
		companies: ["Lekki Cold Chain", "Savannah Textiles", "Harmattan Foods", "Eko Print House"],
	},
	{
		country: "India",
		cities: ["Pune", "Chennai", "Jaipur"],
		phone: "+9120555",
		firstNames: ["Ananya", "Rohan", "Meera", "Arjun", "Kavita"],
		lastNames: ["Iyer", "Deshpande", "Nair", "Chatterjee", "Malhotra"],
		companies: ["Deccan Auto Parts", "Monsoon Tea", "Rajputana Marble", "Coromandel Mills"],
	},
	{
		country: "Japan",
		cities: ["Osaka", "Sendai", "Fukuoka"],
		phone: "+8166555",
		firstNames: ["Haruka", "Daichi", "Sakura", "Ren", "Michiko"],
		lastNames: ["Tanaka", "Fujimoto", "Ōno", "Kobayashi", "Shimizu"],
		companies: ["Hinode Seiki", "Kawaguchi Paper", "Umi Foods", "Aozora Kindergartens"],
	},
	{
		country: "Brazil",
		cities: ["Curitiba", "Recife", "Campinas"],
		phone: "+5541555",
		firstNames: ["Beatriz", "João", "Luana", "Thiago", "Conceição"],
		lastNames: ["Almeida", "Barbosa", "Gonçalves", "Teixeira", "Araújo"],
		companies: ["Café Serra Azul", "Móveis Ipê", "Granja Boa Vista", "Plásticos Atlântico"],
	},
	{
		country: "Turkey",
		cities: ["İzmir", "Bursa", "Ankara"],
		phone: "+9023255",
		firstNames: ["Elif", "Mehmet", "Zeynep", "Emre", "Ayşe"],
		lastNames: ["Yılmaz", "Şahin", "Öztürk", "Aydın", "Çelik"],
		companies: ["Ege Zeytin", "Anadolu Tekstil", "Marmara Döküm", "Kuzey Lojistik"],
	},
	{
		country: "Ireland",
		cities: ["Cork", "Galway", "Limerick"],
		phone: "+3532155",
		firstNames: ["Siobhán", "Declan", "Aoife", "Cormac", "Niamh"],
		lastNames: ["O'Sullivan", "Byrne", "Ní Bhriain", "Kavanagh", "Doyle"],
		companies: ["Shannon Creamery", "Burren Stone", "Claddagh Boats", "Lee Valley Farms"],
	},
	{
		country: "Vietnam",
		cities: ["Đà Nẵng", "Hải Phòng", "Cần Thơ"],
		phone: "+8423655",
		firstNames: ["Linh", "Minh", "Thảo", "Quang", "Hương"],
		lastNames: ["Nguyễn", "Trần", "Phạm", "Đặng", "Võ"],
		companies: ["Mekong Rice", "Sông Hàn Furniture", "Lotus Garments", "Bến Tre Coconut"],
	},
];

export const positions = [
	"Managing director",
	"Facility manager",
	"Head of purchasing",
	"Founder",
	"Sustainability officer",
	"Plant manager",
	"Chief financial officer",
	"Office manager",
];

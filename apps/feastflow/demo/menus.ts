/** A dish: section, name, description, vegetarian, cents, how many there are. */
type Dish = readonly [string, string, string, boolean, number, number];

export interface DemoRestaurant {
  readonly slug: string;
  readonly name: string;
  readonly cuisine: string;
  readonly description: string;
  readonly dishes: readonly Dish[];
}

/** What a shop that was just made shows. */
export const demoRestaurants: readonly DemoRestaurant[] = [
  {
    slug: 'casa-marina',
    name: 'Casa Marina',
    cuisine: 'Italian',
    description: 'Pasta made this morning, pizza from the wood oven.',
    dishes: [
      ['Pizza', 'Margherita', 'Tomato, fior di latte, basil', true, 950, 40],
      ['Pizza', 'Diavola', 'Tomato, mozzarella, hot salami', false, 1150, 40],
      ['Pizza', 'Quattro formaggi', 'Mozzarella, gorgonzola, taleggio, parmesan', true, 1250, 30],
      ['Pasta', 'Tagliatelle al ragù', 'Beef and pork, four hours on the stove', false, 1350, 25],
      ['Pasta', 'Spaghetti alle vongole', 'Clams, garlic, white wine, parsley', false, 1590, 12],
      ['Pasta', 'Gnocchi al pesto', 'Potato gnocchi, basil, pine nuts', true, 1290, 20],
      ['Dolci', 'Tiramisù', 'Mascarpone, coffee, cocoa', true, 650, 18],
    ],
  },
  {
    slug: 'golden-wok',
    name: 'Golden Wok',
    cuisine: 'Sichuan',
    description: 'Chilli, pepper and a very hot wok.',
    dishes: [
      ['Starters', 'Spring rolls', 'Cabbage, carrot, glass noodles', true, 490, 60],
      ['Starters', 'Wontons in chilli oil', 'Pork and prawn, black vinegar', false, 690, 40],
      ['Mains', 'Mapo tofu', 'Silken tofu, fermented beans, Sichuan pepper', true, 1180, 30],
      ['Mains', 'Kung pao chicken', 'Peanuts, dried chilli, spring onion', false, 1290, 30],
      ['Mains', 'Dan dan noodles', 'Sesame, minced pork, pickled greens', false, 1090, 35],
      ['Mains', 'Dry-fried green beans', 'Garlic, preserved vegetable', true, 980, 25],
    ],
  },
  {
    slug: 'maha-kitchen',
    name: 'Maha Kitchen',
    cuisine: 'South Indian',
    description: 'Dosas as long as the plate, and curries of the coast.',
    dishes: [
      ['Dosas', 'Masala dosa', 'Spiced potatoes, coconut chutney, sambar', true, 890, 45],
      ['Dosas', 'Paneer dosa', 'Fresh cheese, green chilli, coriander', true, 990, 30],
      ['Curries', 'Kerala fish curry', 'Kingfish, coconut, tamarind', false, 1490, 15],
      ['Curries', 'Chettinad chicken', 'Black pepper, star anise, curry leaves', false, 1390, 25],
      ['Curries', 'Dal tadka', 'Yellow lentils, cumin, ghee', true, 890, 40],
      ['Sweets', 'Payasam', 'Rice, milk, cardamom, cashews', true, 520, 20],
    ],
  },
  {
    slug: 'cafe-jaegerhof',
    name: 'Café Jägerhof',
    cuisine: 'Austrian',
    description: 'Schnitzel, dumplings, and cake all day.',
    dishes: [
      ['Mains', 'Wiener Schnitzel', 'Veal, parsley potatoes, cranberries', false, 1890, 20],
      ['Mains', 'Käsespätzle', 'Mountain cheese, fried onions', true, 1290, 25],
      ['Mains', 'Bread dumplings', 'Mushrooms in cream', true, 1240, 25],
      ['Cakes', 'Apple strudel', 'Warm, with vanilla sauce', true, 620, 30],
      ['Cakes', 'Sachertorte', 'Chocolate, apricot, whipped cream', true, 590, 16],
    ],
  },
];

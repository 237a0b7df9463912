export { entryNews } from '../entries/entry-news.ts';
export { newsOf, recordFromLine, writeOf } from '../follower/records.ts';
export { waterfallOf } from '../losses/waterfall.ts';
export { AccountShelf } from './account-shelf.ts';
export { Figures } from './figures.ts';
export { ProductPlans } from './product-plans.ts';
export { RecentReads } from './recent.ts';
export { scopesOf } from './scopes.ts';

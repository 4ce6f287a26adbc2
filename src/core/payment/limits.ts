import { fromMicro } from '../credits';

/** Live purchases above it are confirmed by their amount, unless the organisation says otherwise. */
export const DEFAULT_CONFIRM_ABOVE = fromMicro(1_000_000_000);
/** The most that one purchase may be, unless the settings say otherwise. */
export const DEFAULT_MAXIMUM_PURCHASE = fromMicro(10_000_000_000);

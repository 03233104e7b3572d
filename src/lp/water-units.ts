/** m3/s kept up for an hour, in hm3: 3600 s/h over 1e6 m3/hm3. */
export const HM3_PER_M3S_HOUR = 0.0036;

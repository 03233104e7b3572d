/**
 * What a non-controllable source can generate [MW]: its capacity [MW] times mean + std noise, kept between none and all of
 * it. `mean` and `std` are shares of the capacity.
 */
export function availableGeneration(maxGeneration: number, mean: number, std: number, noise: number): number {
  return maxGeneration * Math.min(1, Math.max(0, mean + std * noise));
}

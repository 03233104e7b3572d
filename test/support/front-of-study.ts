import type { Study } from '#cobre/case/study';

/** The first `stages` stages of a study, as a study of its own. */
export function frontOf(study: Study, stages: number): Study {
  const T = study.stages.length;
  const values = (all: Float64Array) => all.slice(0, (all.length / T) * stages);
  const statistics = <S extends { readonly mean: Float64Array; readonly std: Float64Array }>(all: S): S => ({
    ...all,
    mean: values(all.mean),
    std: values(all.std),
  });
  const { autoregressive } = study.inflowModel;
  const rows = autoregressive === null ? [] : Array.from(autoregressive.stage.keys());
  const kept = rows.filter((row) => (autoregressive?.stage[row] ?? 0) < stages);
  return {
    ...study,
    hash: `${study.hash}, ${stages} stages`,
    stages: study.stages.slice(0, stages),
    inflow: statistics(study.inflow),
    load: statistics(study.load),
    availability: statistics(study.availability),
    loadFactors: study.loadFactors.slice(0, stages),
    lineFactors: {
      direct: study.lineFactors.direct.slice(0, stages),
      reverse: study.lineFactors.reverse.slice(0, stages),
    },
    sourceFactors: study.sourceFactors.slice(0, stages),
    changes: study.changes.slice(0, stages),
    noiseOpenings: study.noiseOpenings?.slice(0, stages) ?? null,
    correlation: { ...study.correlation, profileOfStage: study.correlation.profileOfStage.slice(0, stages) },
    inflowModel: {
      ...study.inflowModel,
      autoregressive: autoregressive && {
        hydro: Int32Array.from(kept, (row) => autoregressive.hydro[row]),
        stage: Int32Array.from(kept, (row) => autoregressive.stage[row]),
        lag: Int32Array.from(kept, (row) => autoregressive.lag[row]),
        coefficient: Float64Array.from(kept, (row) => autoregressive.coefficient[row]),
        residualStdRatio: Float64Array.from(kept, (row) => autoregressive.residualStdRatio[row]),
      },
    },
  };
}

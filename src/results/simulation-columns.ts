import { type Column, column, nullable } from './column.js';

/*
 * Columns as the public format states them (Cobre 0.5, output format reference): names, types, nullability, units. Order
 * here is order in the file.
 */

const STAGE_ID = column('stage_id', 'Int32', 'id', 'Zero-based stage');
const BLOCK_ID = nullable('block_id', 'Int32', 'id', 'Zero-based block; null in rows for a whole stage');
const OPERATIVE_STATE = column(
  'operative_state_code',
  'Int8',
  'code',
  'Operating where it is in service, deactivated where it is not; maintenance for a reservoir that is being filled',
);

/** `simulation/costs/`, one row a stage. */
export const COST_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('total_cost', 'Float64', '$', 'Immediate cost plus future cost, seen from this stage'),
  column('immediate_cost', 'Float64', '$', 'Cost of the stage itself, undiscounted'),
  column('future_cost', 'Float64', '$', 'Cost-to-go at the end of the stage, discounted to the stage'),
  column('discount_factor', 'Float64', 'dimensionless', 'Discount from this stage to the first'),
  column('thermal_cost', 'Float64', '$', 'Thermal generation'),
  column('contract_cost', 'Float64', '$', 'Energy contracts; negative where they earn more than they cost'),
  column('deficit_cost', 'Float64', '$', 'Unserved load'),
  column('excess_cost', 'Float64', '$', 'Generation beyond the load'),
  column('storage_violation_cost', 'Float64', '$', 'Storage below its minimum'),
  column('filling_target_cost', 'Float64', '$', 'Missed filling targets'),
  column('hydro_violation_cost', 'Float64', '$', 'All violations of hydro operation'),
  column('outflow_violation_below_cost', 'Float64', '$', 'Outflow below its minimum'),
  column('outflow_violation_above_cost', 'Float64', '$', 'Outflow above its maximum'),
  column('turbined_violation_cost', 'Float64', '$', 'Turbined flow below its minimum'),
  column('generation_violation_cost', 'Float64', '$', 'Generation below its minimum'),
  column('evaporation_violation_cost', 'Float64', '$', 'Evaporation off its target'),
  column('withdrawal_violation_cost', 'Float64', '$', 'Withdrawal off its target'),
  column('inflow_penalty_cost', 'Float64', '$', 'Inflow made up to stay non-negative'),
  column('generic_violation_cost', 'Float64', '$', 'Violations of generic constraints'),
  column('spillage_cost', 'Float64', '$', 'Spilled and diverted flow'),
  column('fpha_turbined_cost', 'Float64', '$', 'Turbined flow of hydros with a fitted production function'),
  column(
    'curtailment_cost',
    'Float64',
    '$',
    'Curtailed non-controllable generation. The immediate cost counts generation instead, as minus its curtailment price: the causes sum up to the immediate cost plus that price of all that was available',
  ),
  column('exchange_cost', 'Float64', '$', 'Exchange over lines'),
  column('pumping_cost', 'Float64', '$', 'Always 0: the energy of pumping is paid for where it is generated'),
];

/** `simulation/hydros/`, one row a stage, hydro and block. */
export const HYDRO_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('hydro_id', 'Int32', 'id', 'Hydro plant'),
  column('turbined_m3s', 'Float64', 'm3/s', 'Turbined flow'),
  column('spillage_m3s', 'Float64', 'm3/s', 'Spilled flow'),
  column('outflow_m3s', 'Float64', 'm3/s', 'Turbined plus spilled flow'),
  nullable('evaporation_m3s', 'Float64', 'm3/s', 'Evaporation; null where it is not modelled'),
  nullable('diverted_inflow_m3s', 'Float64', 'm3/s', 'Inflow by channels; null where none leads here'),
  nullable('diverted_outflow_m3s', 'Float64', 'm3/s', 'Outflow by its channel; null without one'),
  column(
    'incremental_inflow_m3s',
    'Float64',
    'm3/s',
    'Natural inflow between this plant and those upstream; may be negative with the methods none and penalty',
  ),
  column(
    'inflow_m3s',
    'Float64',
    'm3/s',
    'All that runs into the reservoir: natural inflow, outflow of the plants just upstream, diverted and pumped water; 0 where there is none',
  ),
  column('storage_initial_hm3', 'Float64', 'hm3', 'Storage at the start of the stage'),
  column('storage_final_hm3', 'Float64', 'hm3', 'Storage at the end of the stage'),
  column('generation_mw', 'Float64', 'MW', 'Generation'),
  column('generation_mwh', 'Float64', 'MWh', 'Energy generated in the block'),
  nullable(
    'productivity_mw_per_m3s',
    'Float64',
    'MW/(m3/s)',
    'Generation per turbined flow; null for a plant with an FPHA',
  ),
  column('spillage_cost', 'Float64', '$', 'Cost of spillage'),
  column(
    'water_value_per_hm3',
    'Float64',
    '$/hm3',
    'Dual of the water balance (of the block, where blocks are chronological), with its sign: negative where more water would save cost',
  ),
  column('storage_binding_code', 'Int8', 'code', 'Storage bound that the final storage touches'),
  OPERATIVE_STATE,
  column('turbined_slack_m3s', 'Float64', 'm3/s', 'Turbined flow short of its minimum'),
  column('outflow_slack_below_m3s', 'Float64', 'm3/s', 'Outflow short of its minimum'),
  column('outflow_slack_above_m3s', 'Float64', 'm3/s', 'Outflow beyond its maximum'),
  column('generation_slack_mw', 'Float64', 'MW', 'Generation short of its minimum, and of an FPHA below 0 short of 0'),
  column('storage_violation_below_hm3', 'Float64', 'hm3', 'Storage short of its minimum'),
  column(
    'filling_target_violation_hm3',
    'Float64',
    'hm3',
    'Storage short of what the filling was to keep, and to reach',
  ),
  column('evaporation_violation_pos_m3s', 'Float64', 'm3/s', 'Evaporation beyond its target'),
  column('evaporation_violation_neg_m3s', 'Float64', 'm3/s', 'Evaporation short of its target'),
  column('inflow_nonnegativity_slack_m3s', 'Float64', 'm3/s', 'Inflow made up to stay non-negative'),
  column('water_withdrawal_violation_pos_m3s', 'Float64', 'm3/s', 'Withdrawal beyond its target'),
  column('water_withdrawal_violation_neg_m3s', 'Float64', 'm3/s', 'Withdrawal short of its target'),
];

/** `simulation/thermals/`, one row a stage, thermal and block. */
export const THERMAL_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('thermal_id', 'Int32', 'id', 'Thermal unit'),
  column('generation_mw', 'Float64', 'MW', 'Generation'),
  column('generation_mwh', 'Float64', 'MWh', 'Energy generated in the block'),
  column('generation_cost', 'Float64', '$', 'Cost of generation in the block'),
  column('is_gnl', 'Boolean', 'boolean', 'Whether the unit is dispatched in advance'),
  nullable('gnl_committed_mw', 'Float64', 'MW', 'Capacity committed in advance; null for other units'),
  nullable('gnl_decision_mw', 'Float64', 'MW', 'Decision taken in advance; null for other units'),
  OPERATIVE_STATE,
];

/** `simulation/exchanges/`, one row a stage, line and block. */
export const EXCHANGE_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('line_id', 'Int32', 'id', 'Transmission line'),
  column('direct_flow_mw', 'Float64', 'MW', 'Flow from source to target, at the sending end'),
  column('reverse_flow_mw', 'Float64', 'MW', 'Flow from target to source, at the sending end'),
  column('net_flow_mw', 'Float64', 'MW', 'Direct minus reverse flow'),
  column('net_flow_mwh', 'Float64', 'MWh', 'Net flow in the block as energy'),
  column('losses_mw', 'Float64', 'MW', 'Losses of both directions'),
  column('losses_mwh', 'Float64', 'MWh', 'Losses in the block as energy'),
  column('exchange_cost', 'Float64', '$', 'Cost of both directions'),
  OPERATIVE_STATE,
];

/** `simulation/buses/`, one row a stage, bus and block. */
export const BUS_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('bus_id', 'Int32', 'id', 'Bus'),
  column('load_mw', 'Float64', 'MW', 'Load'),
  column('load_mwh', 'Float64', 'MWh', 'Load in the block as energy'),
  column('deficit_mw', 'Float64', 'MW', 'Unserved load'),
  column('deficit_mwh', 'Float64', 'MWh', 'Unserved energy of the block'),
  column('excess_mw', 'Float64', 'MW', 'Generation beyond the load'),
  column('excess_mwh', 'Float64', 'MWh', 'Excess energy of the block'),
  column('spot_price', 'Float64', '$/MWh', 'Dual value of the load balance'),
];

/** `simulation/pumping_stations/`, one row a stage, station and block. */
export const PUMP_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('pumping_station_id', 'Int32', 'id', 'Pumping station'),
  column('pumped_flow_m3s', 'Float64', 'm3/s', 'Pumped flow'),
  column('pumped_volume_hm3', 'Float64', 'hm3', 'Volume pumped in the block'),
  column('power_consumption_mw', 'Float64', 'MW', 'Power taken from the bus'),
  column('energy_consumption_mwh', 'Float64', 'MWh', 'Energy taken in the block'),
  column('pumping_cost', 'Float64', '$', 'Always 0: the energy is paid for where it is generated'),
  OPERATIVE_STATE,
];

/** `simulation/contracts/`, one row a stage, contract and block. */
export const CONTRACT_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('contract_id', 'Int32', 'id', 'Contract'),
  column('power_mw', 'Float64', 'MW', 'Power; imports are positive, exports negative'),
  column('energy_mwh', 'Float64', 'MWh', 'Energy of the block, with the sign of the power'),
  column('price_per_mwh', 'Float64', '$/MWh', 'Price; below 0 it is revenue'),
  column('total_cost', 'Float64', '$', 'Price times the amount of energy'),
  OPERATIVE_STATE,
];

/** `simulation/non_controllables/`, one row a stage, source and block. */
export const SOURCE_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('non_controllable_id', 'Int32', 'id', 'Non-controllable source'),
  column('generation_mw', 'Float64', 'MW', 'Generation'),
  column('generation_mwh', 'Float64', 'MWh', 'Energy generated in the block'),
  column('available_mw', 'Float64', 'MW', 'Generation that was available'),
  column('curtailment_mw', 'Float64', 'MW', 'Available generation that was left unused'),
  column('curtailment_mwh', 'Float64', 'MWh', 'Energy left unused in the block'),
  column('curtailment_cost', 'Float64', '$', 'Price of what was left unused'),
  OPERATIVE_STATE,
];

/** `simulation/inflow_lags/`, one row a stage, hydro and lag. */
export const INFLOW_LAG_COLUMNS: readonly Column[] = [
  STAGE_ID,
  column('hydro_id', 'Int32', 'id', 'Hydro plant'),
  column(
    'lag_index',
    'Int32',
    'id',
    'One-based: 1 is the inflow of the stage before, or of the last period before the study',
  ),
  column('inflow_m3s', 'Float64', 'm3/s', 'Incremental inflow that the state holds as the stage begins'),
];

/** `simulation/violations/generic/`, one row a stage, constraint and block where it is violated. */
export const GENERIC_VIOLATION_COLUMNS: readonly Column[] = [
  STAGE_ID,
  BLOCK_ID,
  column('constraint_id', 'Int32', 'id', 'Generic constraint'),
  column(
    'slack_value',
    'Float64',
    'unit of the constraint',
    'Violation; of an equation negative where its left side is too large',
  ),
  column('slack_cost', 'Float64', '$', 'Cost of the violation'),
];

/**
 * What Grafana, and its plugin for Cassandra, read in dashboards and in provisioning: for the compiler alone. Grafana's own
 * types come from its package; what it publishes none of says where it was read.
 */
import type {
  Dashboard as AnyDashboard,
  Panel as AnyPanel,
  FieldColor,
  FieldConfig,
  VariableModel,
} from '@grafana/schema';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  FieldConfig as TableFieldConfig,
  Options as TableOptions,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type {
  FieldConfig as SeriesFieldConfig,
  Options as SeriesOptions,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** As JSON has it: the text of an enumeration's member and not the member; and what has a default may be missing. */
type Json<Type> = Type extends string
  ? `${Type}`
  : Type extends number | boolean | null | undefined
    ? Type
    : Type extends readonly (infer Item)[]
      ? Json<Item>[]
      : { [Key in keyof Type]?: Json<Type[Key]> };

/** Source: packages/grafana-data/src/valueFormats/categories.ts, those that are used. */
type Unit = 'short' | 'locale' | 'none' | 'ms' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'dateTimeAsIso';

/** Source: packages/grafana-data/src/transformations/transformers, those that are used. */
type Transformation =
  | { id: 'merge'; options: Record<string, never> }
  | { id: 'sortBy'; options: { sort: { field: string; desc?: boolean; index?: number }[] } }
  | { id: 'limit'; options: { limitField?: number | string } };

/** Named in full: a panel that names none asks whichever is the default. */
interface DataSource {
  type: string;
  uid: string;
}

/** Source: HadesArchitect/GrafanaCassandraDatasource v3.3.0, src/models.ts; what the panels use is required. */
interface CassandraQuery {
  datasource: DataSource;
  refId: string;
  queryType: 'query';
  rawQuery: true;
  target: string;
  alias?: string;
  hide?: boolean;
}

/** Source: packages/grafana-prometheus/src/dataquery.ts; what the panels use is required. */
interface PrometheusQuery {
  datasource: DataSource & { type: 'prometheus' };
  refId: string;
  editorMode: 'code' | 'builder';
  range: boolean;
  expr: string;
  legendFormat: string;
  instant?: boolean;
  interval?: string;
  hide?: boolean;
}

type Override<Custom> = {
  matcher: { id: 'byName' | 'byRegexp'; options: string };
  properties: (
    | { id: 'displayName'; value: string }
    | { id: 'unit'; value: Unit }
    | { id: 'color'; value: Json<FieldColor> }
    | { [Key in keyof Custom & string]: { id: `custom.${Key}`; value: Json<Custom[Key]> } }[keyof Custom &
        string]
  )[];
};

type PanelOf<Type extends string, Options, Custom, Query> = Json<
  Omit<
    AnyPanel,
    'datasource' | 'fieldConfig' | 'gridPos' | 'options' | 'targets' | 'transformations' | 'type'
  >
> & {
  type: Type;
  id: number;
  title: string;
  description: string;
  datasource: DataSource;
  gridPos: { h: number; w: number; x: number; y: number };
  options: Json<Options>;
  fieldConfig: {
    defaults: Json<Omit<FieldConfig, 'custom' | 'unit'>> & { unit?: Unit; custom?: Json<Custom> };
    overrides: Override<Custom>[];
  };
  targets: Query[];
  transformations?: Transformation[];
};

export type Panel<Query = CassandraQuery> =
  | PanelOf<'stat', StatOptions, Record<never, never>, Query>
  | PanelOf<'table', TableOptions, TableFieldConfig, Query>
  | PanelOf<'timeseries', SeriesOptions, SeriesFieldConfig, Query>;

/** A dashboard that asks Prometheus. */
export type PrometheusDashboard = Dashboard<PrometheusQuery>;

export type Dashboard<Query = CassandraQuery> = Json<Omit<AnyDashboard, 'panels' | 'templating'>> & {
  uid: string;
  title: string;
  schemaVersion: 42;
  timezone: 'utc' | 'browser';
  panels: Panel<Query>[];
  templating: { list: (Json<VariableModel> & { name: string; type: 'custom' })[] };
};

/** Source: pkg/services/provisioning/datasources/types.go; the plugin's own: its pkg/settings.go. */
export interface DataSources {
  apiVersion: 1;
  prune?: boolean;
  deleteDatasources?: { name: string; orgId?: number }[];
  datasources: {
    name: string;
    uid: string;
    type: 'hadesarchitect-cassandra-datasource';
    access: 'proxy';
    url: string;
    isDefault?: boolean;
    editable?: boolean;
    jsonData: {
      keyspace: string;
      consistency: 'ANY' | 'ONE' | 'TWO' | 'THREE' | 'QUORUM' | 'ALL' | 'LOCAL_QUORUM' | 'LOCAL_ONE';
      user: string;
      timeout?: number;
    };
    secureJsonData: { password: string };
  }[];
}

/** Source: pkg/services/provisioning/dashboards/types.go. */
export interface DashboardProviders {
  apiVersion: 1;
  providers: {
    name: string;
    type: 'file';
    orgId?: number;
    folder?: string;
    folderUid?: string;
    disableDeletion?: boolean;
    updateIntervalSeconds?: number;
    allowUiUpdates?: boolean;
    options: { path: string; foldersFromFilesStructure?: boolean };
  }[];
}

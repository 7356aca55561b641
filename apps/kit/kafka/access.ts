import { pbkdf2Sync, randomBytes } from 'node:crypto';
import {
  type Acl,
  AclOperations,
  AclPermissionTypes,
  Admin,
  alterUserScramCredentialsV0,
  ConfigResourceTypes,
  Connection,
  describeUserScramCredentialsV0,
  IncrementalAlterConfigOperationTypes,
  type incrementalAlterConfigsV1,
  ResourcePatternTypes,
  ResourceTypes,
  ScramMechanisms,
} from '@platformatic/kafka';
import { connection, type KafkaConfig } from './settings.ts';

/** One thing that a user may do. */
export interface AccessRule {
  readonly user: string;
  readonly operation: string;
  readonly kind: string;
  readonly name: string;
  /** Whether the name is the beginning of names. */
  readonly prefixed: boolean;
}

const operations = {
  Read: AclOperations.READ,
  Write: AclOperations.WRITE,
  Create: AclOperations.CREATE,
  Delete: AclOperations.DELETE,
  Describe: AclOperations.DESCRIBE,
  DescribeConfigs: AclOperations.DESCRIBE_CONFIGS,
} as const;
const kinds = {
  topic: ResourceTypes.TOPIC,
  group: ResourceTypes.GROUP,
  'transactional-id': ResourceTypes.TRANSACTIONAL_ID,
} as const;

/**
 * Reads a table of lines `user operation,operation kind name`; a name that ends with `*` is the beginning of one.
 * @throws Error with the line that is none.
 */
export function readAccess(table: string): AccessRule[] {
  return table.split('\n').flatMap((line, index) => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const [user = '', may = '', kind = '', name = '', ...more] = line.trim().split(/\s+/);
    const wrong = may.split(',').find((operation) => !Object.hasOwn(operations, operation));
    if (wrong !== undefined || !Object.hasOwn(kinds, kind) || name === '' || more.length > 0) {
      throw new Error(
        `line ${index + 1} of the table is not right: ${line.trim()}; it takes a user, of ${Object.keys(operations).join(', ')} ` +
          `what it may, one of ${Object.keys(kinds).join(', ')}, and a name`,
      );
    }
    const prefixed = name.length > 1 && name.endsWith('*');
    return may
      .split(',')
      .map((operation) => ({ user, operation, kind, name: prefixed ? name.slice(0, -1) : name, prefixed }));
  });
}

function aclOf({ user, operation, kind, name, prefixed }: AccessRule): Acl {
  return {
    resourceType: kinds[kind as keyof typeof kinds],
    resourceName: name,
    resourcePatternType: prefixed ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: operations[operation as keyof typeof operations],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

const markOf = (acl: Acl) =>
  [
    acl.resourceType,
    acl.resourcePatternType,
    acl.principal,
    acl.host,
    acl.operation,
    acl.permissionType,
    acl.resourceName,
  ].join(' ');

const everything = {
  resourceType: ResourceTypes.ANY,
  resourceName: null,
  resourcePatternType: ResourcePatternTypes.ANY,
  principal: null,
  host: null,
  operation: AclOperations.ANY,
  permissionType: AclPermissionTypes.ANY,
} as const;

/** As many as Kafka's own tools take. */
const iterations = 4096;
const mechanism = ScramMechanisms.SCRAM_SHA_512;

export interface Administrator {
  /** Makes the passwords of the users these, and takes theirs from all others. @returns those others. */
  readonly setPasswords: (passwords: ReadonlyMap<string, string>) => Promise<string[]>;
  /** Makes what users may do this and nothing else: what lacks is added before anything is taken away. */
  readonly setAccess: (
    rules: readonly AccessRule[],
  ) => Promise<{ readonly added: number; readonly removed: number }>;
  /** Has every broker read the certificate of each encrypted listener again, from where it has it. @returns the brokers. */
  readonly reloadCertificates: () => Promise<number[]>;
  readonly close: () => Promise<void>;
}

/** Administers brokers, by the certificate of a super user. */
export function connectAdministrator(
  config: Omit<KafkaConfig, 'topic'> & { readonly certificateFile: string },
  clientId: string,
): Administrator {
  const options = connection(config, clientId);
  const admin = new Admin({ ...options, retries: 5 });
  admin.on('error', () => {});
  /** The client has no call for passwords; with ZooKeeper the controller alone takes them. */
  const withController = async <Result>(use: (controller: Connection) => Promise<Result>) => {
    const { controllerId, brokers } = await admin.metadata({ topics: [], forceUpdate: true });
    const controller = brokers.get(controllerId);
    if (controller === undefined) throw new Error('the brokers have no controller at the moment');
    const own = new Connection(clientId, options);
    try {
      await own.connect(controller.host, controller.port);
      return await use(own);
    } finally {
      await own.close();
    }
  };
  return {
    setPasswords(passwords) {
      return withController(async (controller) => {
        const { results } = await describeUserScramCredentialsV0.api.async(controller, null);
        const gone = results
          .filter(({ user, credentialInfos }) => !passwords.has(user) && credentialInfos.length > 0)
          .flatMap(({ user, credentialInfos }) =>
            credentialInfos.map((info) => ({ name: user, mechanism: info.mechanism })),
          );
        const set = [...passwords].map(([name, password]) => {
          const salt = randomBytes(32);
          const saltedPassword = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
          return { name, mechanism, iterations, salt, saltedPassword };
        });
        await alterUserScramCredentialsV0.api.async(controller, gone, set);
        return [...new Set(gone.map(({ name }) => name))];
      });
    },
    async setAccess(rules) {
      const wanted = new Map(rules.map(aclOf).map((acl) => [markOf(acl), acl]));
      const found = await admin.describeAcls({ filter: everything });
      const there = new Map(
        found
          .flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
            acls.map((acl) => ({ ...acl, resourceType, resourceName, resourcePatternType })),
          )
          .map((acl) => [markOf(acl), acl]),
      );
      const creations = [...wanted].filter(([mark]) => !there.has(mark)).map(([, acl]) => acl);
      const filters = [...there].filter(([mark]) => !wanted.has(mark)).map(([, acl]) => acl);
      if (creations.length > 0) await admin.createAcls({ creations });
      if (filters.length > 0) await admin.deleteAcls({ filters });
      return { added: creations.length, removed: filters.length };
    },
    async reloadCertificates() {
      const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
      const ids = [...brokers.keys()].sort((a, b) => a - b);
      // One after the other: what one broker refuses stops it before the next.
      for (const id of ids) {
        const resource = { resourceType: ConfigResourceTypes.BROKER, resourceName: String(id) };
        const configurationKeys = ['ssl.keystore.location', 'listener.security.protocol.map'];
        const [described] = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys }] });
        const setting = (key: string) => described?.configs.find(({ name }) => name === key)?.value ?? '';
        const encrypted = [...setting('listener.security.protocol.map').matchAll(/([\w-]+):(?:SASL_)?SSL/g)];
        const names = encrypted.map(
          ([, name = '']) => `listener.name.${name.toLowerCase()}.ssl.keystore.location`,
        );
        const alter = (configs: incrementalAlterConfigsV1.IncrementalAlterConfigsRequestConfig[]) =>
          admin.incrementalAlterConfigs({ resources: [{ ...resource, configs }] });
        const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
        const value = setting('ssl.keystore.location');
        await alter(names.map((name) => ({ name, configOperation: SET, value })));
        // What stands in ZooKeeper would win over the manifest at the next start.
        await alter(names.map((name) => ({ name, configOperation: DELETE })));
      }
      return ids;
    },
    close: () => admin.close(),
  };
}

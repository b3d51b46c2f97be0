import { Duration } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import {
  coded,
  duration,
  having,
  listOf,
  optional,
  type Shape,
  shapeProblems,
  shaped,
} from '@cdk8s-event-platform/contracts/internal';
import { Problems } from '../core/problems.ts';
import { CalleeConfiguration } from '../dapr/callee-configuration.ts';
import type { DaprResiliency } from '../dapr/dapr-resiliency.ts';
import {
  INVOKED_OPERATION,
  type InvokedOperation,
  operationProblems,
} from '../dapr/invoked-operations.ts';
import { SIDECAR_INTERNAL_PORT } from '../dapr/sidecar.ts';
import { CallAlerts } from '../observability/call-alerts.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { workloads } from '../security/network-policies.ts';
import type { AppWorkload } from './app-workload.ts';

/** Options of {@link EventApp.grantInvoke}. */
export interface InvokeOptions {
  /** Time after which the caller's sidecar gives a call up, 1 ms to 5 minutes. @default - that of an earlier grant, or 10 seconds */
  readonly timeout?: Duration;
}

const DEFAULT_TIMEOUT = Duration.seconds(10);
const MAX_TIMEOUT = Duration.minutes(5).toMilliseconds();

const INVOKE_OPTIONS: Shape<InvokeOptions> = { timeout: optional(duration) };

/** An app that calls others or is called. */
export interface InvokingApp extends Construct {
  readonly appId: string;
  readonly workload: AppWorkload;
}

/** What one app's sidecar does for calls: whom it may call, and who may call it. */
export class ServiceInvocation {
  readonly #callees = new Set<string>();
  #configuration: CalleeConfiguration | undefined;

  /**
   * @param serving whether it takes requests.
   * @param resiliency how its sidecar retries; called when it calls another app for the first time.
   */
  public constructor(
    private readonly app: InvokingApp,
    private readonly serving: boolean,
    private readonly resiliency: () => DaprResiliency,
  ) {}

  /**
   * Lets the app call operations of another.
   *
   * @param callee the app, and what its sidecar does for calls.
   * @throws DeclarationError
   */
  public grant(
    callee: { readonly app: IConstruct; readonly calls: ServiceInvocation | undefined },
    operations: readonly InvokedOperation[],
    options: InvokeOptions = {},
  ): void {
    const called = this.#check(callee, operations, options);
    const { app } = this;
    const appId = called.app.appId;
    called.#admit(app.appId, operations);
    const isNew = !this.#callees.has(appId);
    if (isNew) {
      if (this.#callees.size === 0) {
        new CallAlerts(app, 'call-alerts', { appId: app.appId });
      }
      this.#callees.add(appId);
      app.workload.allowEgress(sidecarsOf(appId));
      called.app.workload.allowIngress(sidecarsOf(app.appId));
    }
    // What is granted later leaves the time as it is.
    if (isNew || options.timeout !== undefined) {
      this.resiliency().addCallee(appId, options.timeout ?? DEFAULT_TIMEOUT);
    }
  }

  #check(
    callee: { readonly app: IConstruct; readonly calls: ServiceInvocation | undefined },
    operations: readonly InvokedOperation[],
    options: InvokeOptions,
  ): ServiceInvocation {
    const problems = new Problems(this.app);
    problems.add(
      ...coded(
        'EP1001',
        ...having('an app, e.g. an EventService', 'appId', 'grantInvoke')('callee', callee.app),
        ...listOf(shaped<InvokedOperation>(INVOKED_OPERATION))('operations', operations),
        ...shapeProblems(options, INVOKE_OPTIONS),
      ),
    );
    problems.report();
    const { app } = this;
    const called = callee.calls!;
    problems.add(...coded('EP5002', otherPlatformProblem(app, 'callee', callee.app)));
    problems.report();
    const timeout = options.timeout?.toMilliseconds();
    problems.add(
      ...coded(
        'EP4008',
        called === this && `app '${app.appId}' cannot be granted calls of itself: call a function`,
        called !== this &&
          !called.serving &&
          `app '${called.app.appId}' takes no requests: set 'serves' in its manifest, or publish an event instead`,
        ...operationProblems([...called.#operationsOf(app.appId), ...operations]),
      ),
      ...coded(
        'EP1001',
        timeout !== undefined &&
          !(timeout >= 1 && timeout <= MAX_TIMEOUT) &&
          `timeout (${options.timeout!.toHumanString()}) must be 1 ms to 5 minutes`,
      ),
    );
    problems.report();
    return called;
  }

  #operationsOf(caller: string): readonly InvokedOperation[] {
    return this.#configuration?.operationsOf(caller) ?? [];
  }

  #admit(caller: string, operations: readonly InvokedOperation[]): void {
    const { workload, appId } = this.app;
    this.#configuration ??= workload.useConfiguration(
      (base) => new CalleeConfiguration(workload, 'callers', { appId, base }),
    );
    this.#configuration.admit(caller, operations);
  }
}

/** The sidecars of an app, at the port of other sidecars: its Service `<app id>-dapr` names the pods themselves. */
function sidecarsOf(appId: string) {
  return { peer: workloads(() => [appId]), ports: [SIDECAR_INTERNAL_PORT] };
}

/**
 * Where the commands of the platform collect the platforms that a program creates: an array at this key of the
 * global object, while there is one. Programs may have another copy of the constructs than the command.
 */
export const CREATED_PLATFORMS = Symbol.for('cdk8s-event-platform.created-platforms');

/**
 * Where a command says that platforms are not to be compared with the lock file of contracts: `true` at this key of the
 * global object.
 */
export const WITHOUT_CONTRACT_LOCK = Symbol.for('cdk8s-event-platform.without-contract-lock');

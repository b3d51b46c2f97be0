// Generated from github.com/dapr/dapr@v1.18.3 by `npm run imports`. Do not edit.
'use strict';
export const validateComponentv1alpha1 = validate10;
const schema11 = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    auth: {
      required: ['secretStore'],
      type: 'object',
      properties: { secretStore: { type: 'string' } },
      additionalProperties: false,
    },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    scopes: { type: 'array', items: { type: 'string' } },
    spec: {
      required: ['metadata', 'type', 'version'],
      type: 'object',
      properties: {
        ignoreErrors: { type: 'boolean' },
        initTimeout: { type: 'string' },
        metadata: {
          type: 'array',
          items: {
            required: ['name'],
            type: 'object',
            properties: {
              envRef: { type: 'string' },
              name: { type: 'string' },
              secretKeyRef: {
                required: ['name'],
                type: 'object',
                properties: { key: { type: 'string' }, name: { type: 'string' } },
                additionalProperties: false,
              },
              value: { 'x-kubernetes-preserve-unknown-fields': true },
            },
            additionalProperties: false,
          },
        },
        type: { type: 'string' },
        version: { type: 'string' },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

function validate10(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data } = {},
) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(
        key0 === 'apiVersion' ||
        key0 === 'auth' ||
        key0 === 'kind' ||
        key0 === 'metadata' ||
        key0 === 'scopes' ||
        key0 === 'spec'
      )) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.apiVersion !== undefined) {
      if (typeof data.apiVersion !== 'string') {
        const err1 = {
          instancePath: instancePath + '/apiVersion',
          schemaPath: '#/properties/apiVersion/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.auth !== undefined) {
      let data1 = data.auth;
      if (data1 && typeof data1 == 'object' && !Array.isArray(data1)) {
        if (data1.secretStore === undefined) {
          const err2 = {
            instancePath: instancePath + '/auth',
            schemaPath: '#/properties/auth/required',
            keyword: 'required',
            params: { missingProperty: 'secretStore' },
            message: "must have required property '" + 'secretStore' + "'",
          };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
        for (const key1 in data1) {
          if (!(key1 === 'secretStore')) {
            const err3 = {
              instancePath: instancePath + '/auth',
              schemaPath: '#/properties/auth/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
        }
        if (data1.secretStore !== undefined) {
          if (typeof data1.secretStore !== 'string') {
            const err4 = {
              instancePath: instancePath + '/auth/secretStore',
              schemaPath: '#/properties/auth/properties/secretStore/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
      } else {
        const err5 = {
          instancePath: instancePath + '/auth',
          schemaPath: '#/properties/auth/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.kind !== undefined) {
      if (typeof data.kind !== 'string') {
        const err6 = {
          instancePath: instancePath + '/kind',
          schemaPath: '#/properties/kind/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data4 = data.metadata;
      if (!(data4 && typeof data4 == 'object' && !Array.isArray(data4))) {
        const err7 = {
          instancePath: instancePath + '/metadata',
          schemaPath: '#/properties/metadata/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.scopes !== undefined) {
      let data5 = data.scopes;
      if (Array.isArray(data5)) {
        const len0 = data5.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (typeof data5[i0] !== 'string') {
            const err8 = {
              instancePath: instancePath + '/scopes/' + i0,
              schemaPath: '#/properties/scopes/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
      } else {
        const err9 = {
          instancePath: instancePath + '/scopes',
          schemaPath: '#/properties/scopes/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.spec !== undefined) {
      let data7 = data.spec;
      if (data7 && typeof data7 == 'object' && !Array.isArray(data7)) {
        if (data7.metadata === undefined) {
          const err10 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'metadata' },
            message: "must have required property '" + 'metadata' + "'",
          };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data7.type === undefined) {
          const err11 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'type' },
            message: "must have required property '" + 'type' + "'",
          };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        if (data7.version === undefined) {
          const err12 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'version' },
            message: "must have required property '" + 'version' + "'",
          };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
        for (const key2 in data7) {
          if (!(
            key2 === 'ignoreErrors' ||
            key2 === 'initTimeout' ||
            key2 === 'metadata' ||
            key2 === 'type' ||
            key2 === 'version'
          )) {
            const err13 = {
              instancePath: instancePath + '/spec',
              schemaPath: '#/properties/spec/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key2 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        if (data7.ignoreErrors !== undefined) {
          if (typeof data7.ignoreErrors !== 'boolean') {
            const err14 = {
              instancePath: instancePath + '/spec/ignoreErrors',
              schemaPath: '#/properties/spec/properties/ignoreErrors/type',
              keyword: 'type',
              params: { type: 'boolean' },
              message: 'must be boolean',
            };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        }
        if (data7.initTimeout !== undefined) {
          if (typeof data7.initTimeout !== 'string') {
            const err15 = {
              instancePath: instancePath + '/spec/initTimeout',
              schemaPath: '#/properties/spec/properties/initTimeout/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data7.metadata !== undefined) {
          let data10 = data7.metadata;
          if (Array.isArray(data10)) {
            const len1 = data10.length;
            for (let i1 = 0; i1 < len1; i1++) {
              let data11 = data10[i1];
              if (data11 && typeof data11 == 'object' && !Array.isArray(data11)) {
                if (data11.name === undefined) {
                  const err16 = {
                    instancePath: instancePath + '/spec/metadata/' + i1,
                    schemaPath: '#/properties/spec/properties/metadata/items/required',
                    keyword: 'required',
                    params: { missingProperty: 'name' },
                    message: "must have required property '" + 'name' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err16];
                  } else {
                    vErrors.push(err16);
                  }
                  errors++;
                }
                for (const key3 in data11) {
                  if (!(
                    key3 === 'envRef' ||
                    key3 === 'name' ||
                    key3 === 'secretKeyRef' ||
                    key3 === 'value'
                  )) {
                    const err17 = {
                      instancePath: instancePath + '/spec/metadata/' + i1,
                      schemaPath:
                        '#/properties/spec/properties/metadata/items/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key3 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err17];
                    } else {
                      vErrors.push(err17);
                    }
                    errors++;
                  }
                }
                if (data11.envRef !== undefined) {
                  if (typeof data11.envRef !== 'string') {
                    const err18 = {
                      instancePath: instancePath + '/spec/metadata/' + i1 + '/envRef',
                      schemaPath:
                        '#/properties/spec/properties/metadata/items/properties/envRef/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err18];
                    } else {
                      vErrors.push(err18);
                    }
                    errors++;
                  }
                }
                if (data11.name !== undefined) {
                  if (typeof data11.name !== 'string') {
                    const err19 = {
                      instancePath: instancePath + '/spec/metadata/' + i1 + '/name',
                      schemaPath:
                        '#/properties/spec/properties/metadata/items/properties/name/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err19];
                    } else {
                      vErrors.push(err19);
                    }
                    errors++;
                  }
                }
                if (data11.secretKeyRef !== undefined) {
                  let data14 = data11.secretKeyRef;
                  if (data14 && typeof data14 == 'object' && !Array.isArray(data14)) {
                    if (data14.name === undefined) {
                      const err20 = {
                        instancePath: instancePath + '/spec/metadata/' + i1 + '/secretKeyRef',
                        schemaPath:
                          '#/properties/spec/properties/metadata/items/properties/secretKeyRef/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err20];
                      } else {
                        vErrors.push(err20);
                      }
                      errors++;
                    }
                    for (const key4 in data14) {
                      if (!(key4 === 'key' || key4 === 'name')) {
                        const err21 = {
                          instancePath: instancePath + '/spec/metadata/' + i1 + '/secretKeyRef',
                          schemaPath:
                            '#/properties/spec/properties/metadata/items/properties/secretKeyRef/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key4 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err21];
                        } else {
                          vErrors.push(err21);
                        }
                        errors++;
                      }
                    }
                    if (data14.key !== undefined) {
                      if (typeof data14.key !== 'string') {
                        const err22 = {
                          instancePath: instancePath + '/spec/metadata/' + i1 + '/secretKeyRef/key',
                          schemaPath:
                            '#/properties/spec/properties/metadata/items/properties/secretKeyRef/properties/key/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err22];
                        } else {
                          vErrors.push(err22);
                        }
                        errors++;
                      }
                    }
                    if (data14.name !== undefined) {
                      if (typeof data14.name !== 'string') {
                        const err23 = {
                          instancePath:
                            instancePath + '/spec/metadata/' + i1 + '/secretKeyRef/name',
                          schemaPath:
                            '#/properties/spec/properties/metadata/items/properties/secretKeyRef/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err23];
                        } else {
                          vErrors.push(err23);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err24 = {
                      instancePath: instancePath + '/spec/metadata/' + i1 + '/secretKeyRef',
                      schemaPath:
                        '#/properties/spec/properties/metadata/items/properties/secretKeyRef/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err24];
                    } else {
                      vErrors.push(err24);
                    }
                    errors++;
                  }
                }
              } else {
                const err25 = {
                  instancePath: instancePath + '/spec/metadata/' + i1,
                  schemaPath: '#/properties/spec/properties/metadata/items/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            }
          } else {
            const err26 = {
              instancePath: instancePath + '/spec/metadata',
              schemaPath: '#/properties/spec/properties/metadata/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            };
            if (vErrors === null) {
              vErrors = [err26];
            } else {
              vErrors.push(err26);
            }
            errors++;
          }
        }
        if (data7.type !== undefined) {
          if (typeof data7.type !== 'string') {
            const err27 = {
              instancePath: instancePath + '/spec/type',
              schemaPath: '#/properties/spec/properties/type/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err27];
            } else {
              vErrors.push(err27);
            }
            errors++;
          }
        }
        if (data7.version !== undefined) {
          if (typeof data7.version !== 'string') {
            const err28 = {
              instancePath: instancePath + '/spec/version',
              schemaPath: '#/properties/spec/properties/version/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
        }
      } else {
        const err29 = {
          instancePath: instancePath + '/spec',
          schemaPath: '#/properties/spec/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err29];
        } else {
          vErrors.push(err29);
        }
        errors++;
      }
    }
  } else {
    const err30 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err30];
    } else {
      vErrors.push(err30);
    }
    errors++;
  }
  validate10.errors = vErrors;
  return errors === 0;
}

export const validateConfigurationv1alpha1 = validate11;
const schema12 = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: {
        accessControl: {
          type: 'object',
          properties: {
            defaultAction: { type: 'string' },
            policies: {
              type: 'array',
              items: {
                required: ['appId'],
                type: 'object',
                properties: {
                  appId: { type: 'string' },
                  defaultAction: { type: 'string' },
                  namespace: { type: 'string' },
                  operations: {
                    type: 'array',
                    items: {
                      required: ['action', 'name'],
                      type: 'object',
                      properties: {
                        action: { type: 'string' },
                        httpVerb: { type: 'array', items: { type: 'string' } },
                        name: { type: 'string' },
                      },
                      additionalProperties: false,
                    },
                  },
                  trustDomain: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            trustDomain: { type: 'string' },
          },
          additionalProperties: false,
        },
        api: {
          type: 'object',
          properties: {
            allowed: {
              type: 'array',
              items: {
                required: ['name', 'version'],
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  protocol: { type: 'string' },
                  version: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            denied: {
              type: 'array',
              items: {
                required: ['name', 'version'],
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  protocol: { type: 'string' },
                  version: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        appHttpPipeline: {
          required: ['handlers'],
          type: 'object',
          properties: {
            handlers: {
              type: 'array',
              items: {
                required: ['name', 'type'],
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  selector: {
                    required: ['fields'],
                    type: 'object',
                    properties: {
                      fields: {
                        type: 'array',
                        items: {
                          required: ['field', 'value'],
                          type: 'object',
                          properties: { field: { type: 'string' }, value: { type: 'string' } },
                          additionalProperties: false,
                        },
                      },
                    },
                    additionalProperties: false,
                  },
                  type: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        components: {
          type: 'object',
          properties: { deny: { type: 'array', items: { type: 'string' } } },
          additionalProperties: false,
        },
        features: {
          type: 'array',
          items: {
            required: ['enabled', 'name'],
            type: 'object',
            properties: { enabled: { type: 'boolean' }, name: { type: 'string' } },
            additionalProperties: false,
          },
        },
        httpPipeline: {
          required: ['handlers'],
          type: 'object',
          properties: {
            handlers: {
              type: 'array',
              items: {
                required: ['name', 'type'],
                type: 'object',
                properties: {
                  name: { type: 'string' },
                  selector: {
                    required: ['fields'],
                    type: 'object',
                    properties: {
                      fields: {
                        type: 'array',
                        items: {
                          required: ['field', 'value'],
                          type: 'object',
                          properties: { field: { type: 'string' }, value: { type: 'string' } },
                          additionalProperties: false,
                        },
                      },
                    },
                    additionalProperties: false,
                  },
                  type: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        logging: {
          type: 'object',
          properties: {
            apiLogging: {
              type: 'object',
              properties: {
                enabled: { type: 'boolean' },
                obfuscateURLs: { type: 'boolean' },
                omitHealthChecks: { type: 'boolean' },
              },
              additionalProperties: false,
            },
          },
          additionalProperties: false,
        },
        metric: {
          default: { enabled: true },
          required: ['enabled'],
          type: 'object',
          properties: {
            enabled: { type: 'boolean' },
            http: {
              type: 'object',
              properties: {
                excludeVerbs: { type: 'boolean' },
                increasedCardinality: { type: 'boolean' },
                pathMatching: { type: 'array', items: { type: 'string' } },
              },
              additionalProperties: false,
            },
            latencyDistributionBuckets: { type: 'array', items: { type: 'integer' } },
            recordErrorCodes: { type: 'boolean' },
            rules: {
              type: 'array',
              items: {
                required: ['labels', 'name'],
                type: 'object',
                properties: {
                  labels: {
                    type: 'array',
                    items: {
                      required: ['name', 'regex'],
                      type: 'object',
                      properties: {
                        name: { type: 'string' },
                        regex: { type: 'object', additionalProperties: { type: 'string' } },
                      },
                      additionalProperties: false,
                    },
                  },
                  name: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        metrics: {
          default: { enabled: true },
          required: ['enabled'],
          type: 'object',
          properties: {
            enabled: { type: 'boolean' },
            http: {
              type: 'object',
              properties: {
                excludeVerbs: { type: 'boolean' },
                increasedCardinality: { type: 'boolean' },
                pathMatching: { type: 'array', items: { type: 'string' } },
              },
              additionalProperties: false,
            },
            latencyDistributionBuckets: { type: 'array', items: { type: 'integer' } },
            recordErrorCodes: { type: 'boolean' },
            rules: {
              type: 'array',
              items: {
                required: ['labels', 'name'],
                type: 'object',
                properties: {
                  labels: {
                    type: 'array',
                    items: {
                      required: ['name', 'regex'],
                      type: 'object',
                      properties: {
                        name: { type: 'string' },
                        regex: { type: 'object', additionalProperties: { type: 'string' } },
                      },
                      additionalProperties: false,
                    },
                  },
                  name: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        mtls: {
          required: ['controlPlaneTrustDomain', 'enabled', 'sentryAddress'],
          type: 'object',
          properties: {
            allowedClockSkew: { type: 'string' },
            controlPlaneTrustDomain: { type: 'string' },
            enabled: { type: 'boolean' },
            sentryAddress: { type: 'string' },
            tokenValidators: {
              type: 'array',
              items: {
                required: ['name'],
                type: 'object',
                properties: {
                  name: { enum: ['jwks'], type: 'string' },
                  options: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
                additionalProperties: false,
              },
            },
            workloadCertTTL: { type: 'string' },
          },
          additionalProperties: false,
        },
        nameResolution: {
          required: ['component', 'configuration', 'version'],
          type: 'object',
          properties: {
            component: { type: 'string' },
            configuration: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            version: { type: 'string' },
          },
          additionalProperties: false,
        },
        secrets: {
          required: ['scopes'],
          type: 'object',
          properties: {
            scopes: {
              type: 'array',
              items: {
                required: ['storeName'],
                type: 'object',
                properties: {
                  allowedSecrets: { type: 'array', items: { type: 'string' } },
                  defaultAccess: { type: 'string' },
                  deniedSecrets: { type: 'array', items: { type: 'string' } },
                  storeName: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        tracing: {
          required: ['samplingRate'],
          type: 'object',
          properties: {
            otel: {
              required: ['endpointAddress', 'isSecure', 'protocol'],
              type: 'object',
              properties: {
                endpointAddress: { type: 'string' },
                headers: {
                  type: 'array',
                  items: {
                    required: ['name'],
                    type: 'object',
                    properties: {
                      envRef: { type: 'string' },
                      name: { type: 'string' },
                      secretKeyRef: {
                        required: ['name'],
                        type: 'object',
                        properties: { key: { type: 'string' }, name: { type: 'string' } },
                        additionalProperties: false,
                      },
                      value: { 'x-kubernetes-preserve-unknown-fields': true },
                    },
                    additionalProperties: false,
                  },
                },
                isSecure: { type: 'boolean' },
                protocol: { type: 'string' },
                timeout: { type: 'string' },
              },
              additionalProperties: false,
            },
            samplingRate: { type: 'string' },
            stdout: { type: 'boolean' },
            zipkin: {
              required: ['endpointAddress'],
              type: 'object',
              properties: { endpointAddress: { type: 'string' } },
              additionalProperties: false,
            },
          },
          additionalProperties: false,
        },
        wasm: {
          type: 'object',
          properties: { strictSandbox: { type: 'boolean' } },
          additionalProperties: false,
        },
        workflow: {
          type: 'object',
          properties: {
            activityConcurrencyLimits: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  maxConcurrent: { format: 'int32', type: 'integer' },
                  name: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            globalMaxConcurrentActivityInvocations: { format: 'int32', type: 'integer' },
            globalMaxConcurrentWorkflowInvocations: { format: 'int32', type: 'integer' },
            maxConcurrentActivityInvocations: { format: 'int32', type: 'integer' },
            maxConcurrentWorkflowInvocations: { format: 'int32', type: 'integer' },
            stateRetentionPolicy: {
              type: 'object',
              properties: {
                anyTerminal: { type: 'string' },
                completed: { type: 'string' },
                failed: { type: 'string' },
                terminated: { type: 'string' },
              },
              additionalProperties: false,
            },
            workflowConcurrencyLimits: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  maxConcurrent: { format: 'int32', type: 'integer' },
                  name: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};
const func2 = Object.prototype.hasOwnProperty;

function validate11(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data } = {},
) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(key0 === 'apiVersion' || key0 === 'kind' || key0 === 'metadata' || key0 === 'spec')) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.apiVersion !== undefined) {
      if (typeof data.apiVersion !== 'string') {
        const err1 = {
          instancePath: instancePath + '/apiVersion',
          schemaPath: '#/properties/apiVersion/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== undefined) {
      if (typeof data.kind !== 'string') {
        const err2 = {
          instancePath: instancePath + '/kind',
          schemaPath: '#/properties/kind/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data2 = data.metadata;
      if (!(data2 && typeof data2 == 'object' && !Array.isArray(data2))) {
        const err3 = {
          instancePath: instancePath + '/metadata',
          schemaPath: '#/properties/metadata/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.spec !== undefined) {
      let data3 = data.spec;
      if (data3 && typeof data3 == 'object' && !Array.isArray(data3)) {
        for (const key1 in data3) {
          if (!func2.call(schema12.properties.spec.properties, key1)) {
            const err4 = {
              instancePath: instancePath + '/spec',
              schemaPath: '#/properties/spec/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
        if (data3.accessControl !== undefined) {
          let data4 = data3.accessControl;
          if (data4 && typeof data4 == 'object' && !Array.isArray(data4)) {
            for (const key2 in data4) {
              if (!(key2 === 'defaultAction' || key2 === 'policies' || key2 === 'trustDomain')) {
                const err5 = {
                  instancePath: instancePath + '/spec/accessControl',
                  schemaPath: '#/properties/spec/properties/accessControl/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key2 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err5];
                } else {
                  vErrors.push(err5);
                }
                errors++;
              }
            }
            if (data4.defaultAction !== undefined) {
              if (typeof data4.defaultAction !== 'string') {
                const err6 = {
                  instancePath: instancePath + '/spec/accessControl/defaultAction',
                  schemaPath:
                    '#/properties/spec/properties/accessControl/properties/defaultAction/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err6];
                } else {
                  vErrors.push(err6);
                }
                errors++;
              }
            }
            if (data4.policies !== undefined) {
              let data6 = data4.policies;
              if (Array.isArray(data6)) {
                const len0 = data6.length;
                for (let i0 = 0; i0 < len0; i0++) {
                  let data7 = data6[i0];
                  if (data7 && typeof data7 == 'object' && !Array.isArray(data7)) {
                    if (data7.appId === undefined) {
                      const err7 = {
                        instancePath: instancePath + '/spec/accessControl/policies/' + i0,
                        schemaPath:
                          '#/properties/spec/properties/accessControl/properties/policies/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'appId' },
                        message: "must have required property '" + 'appId' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err7];
                      } else {
                        vErrors.push(err7);
                      }
                      errors++;
                    }
                    for (const key3 in data7) {
                      if (!(
                        key3 === 'appId' ||
                        key3 === 'defaultAction' ||
                        key3 === 'namespace' ||
                        key3 === 'operations' ||
                        key3 === 'trustDomain'
                      )) {
                        const err8 = {
                          instancePath: instancePath + '/spec/accessControl/policies/' + i0,
                          schemaPath:
                            '#/properties/spec/properties/accessControl/properties/policies/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key3 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err8];
                        } else {
                          vErrors.push(err8);
                        }
                        errors++;
                      }
                    }
                    if (data7.appId !== undefined) {
                      if (typeof data7.appId !== 'string') {
                        const err9 = {
                          instancePath:
                            instancePath + '/spec/accessControl/policies/' + i0 + '/appId',
                          schemaPath:
                            '#/properties/spec/properties/accessControl/properties/policies/items/properties/appId/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err9];
                        } else {
                          vErrors.push(err9);
                        }
                        errors++;
                      }
                    }
                    if (data7.defaultAction !== undefined) {
                      if (typeof data7.defaultAction !== 'string') {
                        const err10 = {
                          instancePath:
                            instancePath + '/spec/accessControl/policies/' + i0 + '/defaultAction',
                          schemaPath:
                            '#/properties/spec/properties/accessControl/properties/policies/items/properties/defaultAction/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err10];
                        } else {
                          vErrors.push(err10);
                        }
                        errors++;
                      }
                    }
                    if (data7.namespace !== undefined) {
                      if (typeof data7.namespace !== 'string') {
                        const err11 = {
                          instancePath:
                            instancePath + '/spec/accessControl/policies/' + i0 + '/namespace',
                          schemaPath:
                            '#/properties/spec/properties/accessControl/properties/policies/items/properties/namespace/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err11];
                        } else {
                          vErrors.push(err11);
                        }
                        errors++;
                      }
                    }
                    if (data7.operations !== undefined) {
                      let data11 = data7.operations;
                      if (Array.isArray(data11)) {
                        const len1 = data11.length;
                        for (let i1 = 0; i1 < len1; i1++) {
                          let data12 = data11[i1];
                          if (data12 && typeof data12 == 'object' && !Array.isArray(data12)) {
                            if (data12.action === undefined) {
                              const err12 = {
                                instancePath:
                                  instancePath +
                                  '/spec/accessControl/policies/' +
                                  i0 +
                                  '/operations/' +
                                  i1,
                                schemaPath:
                                  '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/required',
                                keyword: 'required',
                                params: { missingProperty: 'action' },
                                message: "must have required property '" + 'action' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err12];
                              } else {
                                vErrors.push(err12);
                              }
                              errors++;
                            }
                            if (data12.name === undefined) {
                              const err13 = {
                                instancePath:
                                  instancePath +
                                  '/spec/accessControl/policies/' +
                                  i0 +
                                  '/operations/' +
                                  i1,
                                schemaPath:
                                  '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/required',
                                keyword: 'required',
                                params: { missingProperty: 'name' },
                                message: "must have required property '" + 'name' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err13];
                              } else {
                                vErrors.push(err13);
                              }
                              errors++;
                            }
                            for (const key4 in data12) {
                              if (!(key4 === 'action' || key4 === 'httpVerb' || key4 === 'name')) {
                                const err14 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/accessControl/policies/' +
                                    i0 +
                                    '/operations/' +
                                    i1,
                                  schemaPath:
                                    '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/additionalProperties',
                                  keyword: 'additionalProperties',
                                  params: { additionalProperty: key4 },
                                  message: 'must NOT have additional properties',
                                };
                                if (vErrors === null) {
                                  vErrors = [err14];
                                } else {
                                  vErrors.push(err14);
                                }
                                errors++;
                              }
                            }
                            if (data12.action !== undefined) {
                              if (typeof data12.action !== 'string') {
                                const err15 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/accessControl/policies/' +
                                    i0 +
                                    '/operations/' +
                                    i1 +
                                    '/action',
                                  schemaPath:
                                    '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/properties/action/type',
                                  keyword: 'type',
                                  params: { type: 'string' },
                                  message: 'must be string',
                                };
                                if (vErrors === null) {
                                  vErrors = [err15];
                                } else {
                                  vErrors.push(err15);
                                }
                                errors++;
                              }
                            }
                            if (data12.httpVerb !== undefined) {
                              let data14 = data12.httpVerb;
                              if (Array.isArray(data14)) {
                                const len2 = data14.length;
                                for (let i2 = 0; i2 < len2; i2++) {
                                  if (typeof data14[i2] !== 'string') {
                                    const err16 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/accessControl/policies/' +
                                        i0 +
                                        '/operations/' +
                                        i1 +
                                        '/httpVerb/' +
                                        i2,
                                      schemaPath:
                                        '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/properties/httpVerb/items/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err16];
                                    } else {
                                      vErrors.push(err16);
                                    }
                                    errors++;
                                  }
                                }
                              } else {
                                const err17 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/accessControl/policies/' +
                                    i0 +
                                    '/operations/' +
                                    i1 +
                                    '/httpVerb',
                                  schemaPath:
                                    '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/properties/httpVerb/type',
                                  keyword: 'type',
                                  params: { type: 'array' },
                                  message: 'must be array',
                                };
                                if (vErrors === null) {
                                  vErrors = [err17];
                                } else {
                                  vErrors.push(err17);
                                }
                                errors++;
                              }
                            }
                            if (data12.name !== undefined) {
                              if (typeof data12.name !== 'string') {
                                const err18 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/accessControl/policies/' +
                                    i0 +
                                    '/operations/' +
                                    i1 +
                                    '/name',
                                  schemaPath:
                                    '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/properties/name/type',
                                  keyword: 'type',
                                  params: { type: 'string' },
                                  message: 'must be string',
                                };
                                if (vErrors === null) {
                                  vErrors = [err18];
                                } else {
                                  vErrors.push(err18);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err19 = {
                              instancePath:
                                instancePath +
                                '/spec/accessControl/policies/' +
                                i0 +
                                '/operations/' +
                                i1,
                              schemaPath:
                                '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/items/type',
                              keyword: 'type',
                              params: { type: 'object' },
                              message: 'must be object',
                            };
                            if (vErrors === null) {
                              vErrors = [err19];
                            } else {
                              vErrors.push(err19);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err20 = {
                          instancePath:
                            instancePath + '/spec/accessControl/policies/' + i0 + '/operations',
                          schemaPath:
                            '#/properties/spec/properties/accessControl/properties/policies/items/properties/operations/type',
                          keyword: 'type',
                          params: { type: 'array' },
                          message: 'must be array',
                        };
                        if (vErrors === null) {
                          vErrors = [err20];
                        } else {
                          vErrors.push(err20);
                        }
                        errors++;
                      }
                    }
                    if (data7.trustDomain !== undefined) {
                      if (typeof data7.trustDomain !== 'string') {
                        const err21 = {
                          instancePath:
                            instancePath + '/spec/accessControl/policies/' + i0 + '/trustDomain',
                          schemaPath:
                            '#/properties/spec/properties/accessControl/properties/policies/items/properties/trustDomain/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err21];
                        } else {
                          vErrors.push(err21);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err22 = {
                      instancePath: instancePath + '/spec/accessControl/policies/' + i0,
                      schemaPath:
                        '#/properties/spec/properties/accessControl/properties/policies/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err22];
                    } else {
                      vErrors.push(err22);
                    }
                    errors++;
                  }
                }
              } else {
                const err23 = {
                  instancePath: instancePath + '/spec/accessControl/policies',
                  schemaPath: '#/properties/spec/properties/accessControl/properties/policies/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
            }
            if (data4.trustDomain !== undefined) {
              if (typeof data4.trustDomain !== 'string') {
                const err24 = {
                  instancePath: instancePath + '/spec/accessControl/trustDomain',
                  schemaPath:
                    '#/properties/spec/properties/accessControl/properties/trustDomain/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            }
          } else {
            const err25 = {
              instancePath: instancePath + '/spec/accessControl',
              schemaPath: '#/properties/spec/properties/accessControl/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
        }
        if (data3.api !== undefined) {
          let data19 = data3.api;
          if (data19 && typeof data19 == 'object' && !Array.isArray(data19)) {
            for (const key5 in data19) {
              if (!(key5 === 'allowed' || key5 === 'denied')) {
                const err26 = {
                  instancePath: instancePath + '/spec/api',
                  schemaPath: '#/properties/spec/properties/api/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key5 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
            }
            if (data19.allowed !== undefined) {
              let data20 = data19.allowed;
              if (Array.isArray(data20)) {
                const len3 = data20.length;
                for (let i3 = 0; i3 < len3; i3++) {
                  let data21 = data20[i3];
                  if (data21 && typeof data21 == 'object' && !Array.isArray(data21)) {
                    if (data21.name === undefined) {
                      const err27 = {
                        instancePath: instancePath + '/spec/api/allowed/' + i3,
                        schemaPath:
                          '#/properties/spec/properties/api/properties/allowed/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err27];
                      } else {
                        vErrors.push(err27);
                      }
                      errors++;
                    }
                    if (data21.version === undefined) {
                      const err28 = {
                        instancePath: instancePath + '/spec/api/allowed/' + i3,
                        schemaPath:
                          '#/properties/spec/properties/api/properties/allowed/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'version' },
                        message: "must have required property '" + 'version' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err28];
                      } else {
                        vErrors.push(err28);
                      }
                      errors++;
                    }
                    for (const key6 in data21) {
                      if (!(key6 === 'name' || key6 === 'protocol' || key6 === 'version')) {
                        const err29 = {
                          instancePath: instancePath + '/spec/api/allowed/' + i3,
                          schemaPath:
                            '#/properties/spec/properties/api/properties/allowed/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key6 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err29];
                        } else {
                          vErrors.push(err29);
                        }
                        errors++;
                      }
                    }
                    if (data21.name !== undefined) {
                      if (typeof data21.name !== 'string') {
                        const err30 = {
                          instancePath: instancePath + '/spec/api/allowed/' + i3 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/api/properties/allowed/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err30];
                        } else {
                          vErrors.push(err30);
                        }
                        errors++;
                      }
                    }
                    if (data21.protocol !== undefined) {
                      if (typeof data21.protocol !== 'string') {
                        const err31 = {
                          instancePath: instancePath + '/spec/api/allowed/' + i3 + '/protocol',
                          schemaPath:
                            '#/properties/spec/properties/api/properties/allowed/items/properties/protocol/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err31];
                        } else {
                          vErrors.push(err31);
                        }
                        errors++;
                      }
                    }
                    if (data21.version !== undefined) {
                      if (typeof data21.version !== 'string') {
                        const err32 = {
                          instancePath: instancePath + '/spec/api/allowed/' + i3 + '/version',
                          schemaPath:
                            '#/properties/spec/properties/api/properties/allowed/items/properties/version/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err32];
                        } else {
                          vErrors.push(err32);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err33 = {
                      instancePath: instancePath + '/spec/api/allowed/' + i3,
                      schemaPath: '#/properties/spec/properties/api/properties/allowed/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err33];
                    } else {
                      vErrors.push(err33);
                    }
                    errors++;
                  }
                }
              } else {
                const err34 = {
                  instancePath: instancePath + '/spec/api/allowed',
                  schemaPath: '#/properties/spec/properties/api/properties/allowed/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err34];
                } else {
                  vErrors.push(err34);
                }
                errors++;
              }
            }
            if (data19.denied !== undefined) {
              let data25 = data19.denied;
              if (Array.isArray(data25)) {
                const len4 = data25.length;
                for (let i4 = 0; i4 < len4; i4++) {
                  let data26 = data25[i4];
                  if (data26 && typeof data26 == 'object' && !Array.isArray(data26)) {
                    if (data26.name === undefined) {
                      const err35 = {
                        instancePath: instancePath + '/spec/api/denied/' + i4,
                        schemaPath:
                          '#/properties/spec/properties/api/properties/denied/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err35];
                      } else {
                        vErrors.push(err35);
                      }
                      errors++;
                    }
                    if (data26.version === undefined) {
                      const err36 = {
                        instancePath: instancePath + '/spec/api/denied/' + i4,
                        schemaPath:
                          '#/properties/spec/properties/api/properties/denied/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'version' },
                        message: "must have required property '" + 'version' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err36];
                      } else {
                        vErrors.push(err36);
                      }
                      errors++;
                    }
                    for (const key7 in data26) {
                      if (!(key7 === 'name' || key7 === 'protocol' || key7 === 'version')) {
                        const err37 = {
                          instancePath: instancePath + '/spec/api/denied/' + i4,
                          schemaPath:
                            '#/properties/spec/properties/api/properties/denied/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key7 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err37];
                        } else {
                          vErrors.push(err37);
                        }
                        errors++;
                      }
                    }
                    if (data26.name !== undefined) {
                      if (typeof data26.name !== 'string') {
                        const err38 = {
                          instancePath: instancePath + '/spec/api/denied/' + i4 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/api/properties/denied/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err38];
                        } else {
                          vErrors.push(err38);
                        }
                        errors++;
                      }
                    }
                    if (data26.protocol !== undefined) {
                      if (typeof data26.protocol !== 'string') {
                        const err39 = {
                          instancePath: instancePath + '/spec/api/denied/' + i4 + '/protocol',
                          schemaPath:
                            '#/properties/spec/properties/api/properties/denied/items/properties/protocol/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err39];
                        } else {
                          vErrors.push(err39);
                        }
                        errors++;
                      }
                    }
                    if (data26.version !== undefined) {
                      if (typeof data26.version !== 'string') {
                        const err40 = {
                          instancePath: instancePath + '/spec/api/denied/' + i4 + '/version',
                          schemaPath:
                            '#/properties/spec/properties/api/properties/denied/items/properties/version/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err40];
                        } else {
                          vErrors.push(err40);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err41 = {
                      instancePath: instancePath + '/spec/api/denied/' + i4,
                      schemaPath: '#/properties/spec/properties/api/properties/denied/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err41];
                    } else {
                      vErrors.push(err41);
                    }
                    errors++;
                  }
                }
              } else {
                const err42 = {
                  instancePath: instancePath + '/spec/api/denied',
                  schemaPath: '#/properties/spec/properties/api/properties/denied/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err42];
                } else {
                  vErrors.push(err42);
                }
                errors++;
              }
            }
          } else {
            const err43 = {
              instancePath: instancePath + '/spec/api',
              schemaPath: '#/properties/spec/properties/api/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        }
        if (data3.appHttpPipeline !== undefined) {
          let data30 = data3.appHttpPipeline;
          if (data30 && typeof data30 == 'object' && !Array.isArray(data30)) {
            if (data30.handlers === undefined) {
              const err44 = {
                instancePath: instancePath + '/spec/appHttpPipeline',
                schemaPath: '#/properties/spec/properties/appHttpPipeline/required',
                keyword: 'required',
                params: { missingProperty: 'handlers' },
                message: "must have required property '" + 'handlers' + "'",
              };
              if (vErrors === null) {
                vErrors = [err44];
              } else {
                vErrors.push(err44);
              }
              errors++;
            }
            for (const key8 in data30) {
              if (!(key8 === 'handlers')) {
                const err45 = {
                  instancePath: instancePath + '/spec/appHttpPipeline',
                  schemaPath: '#/properties/spec/properties/appHttpPipeline/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key8 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err45];
                } else {
                  vErrors.push(err45);
                }
                errors++;
              }
            }
            if (data30.handlers !== undefined) {
              let data31 = data30.handlers;
              if (Array.isArray(data31)) {
                const len5 = data31.length;
                for (let i5 = 0; i5 < len5; i5++) {
                  let data32 = data31[i5];
                  if (data32 && typeof data32 == 'object' && !Array.isArray(data32)) {
                    if (data32.name === undefined) {
                      const err46 = {
                        instancePath: instancePath + '/spec/appHttpPipeline/handlers/' + i5,
                        schemaPath:
                          '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err46];
                      } else {
                        vErrors.push(err46);
                      }
                      errors++;
                    }
                    if (data32.type === undefined) {
                      const err47 = {
                        instancePath: instancePath + '/spec/appHttpPipeline/handlers/' + i5,
                        schemaPath:
                          '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'type' },
                        message: "must have required property '" + 'type' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err47];
                      } else {
                        vErrors.push(err47);
                      }
                      errors++;
                    }
                    for (const key9 in data32) {
                      if (!(key9 === 'name' || key9 === 'selector' || key9 === 'type')) {
                        const err48 = {
                          instancePath: instancePath + '/spec/appHttpPipeline/handlers/' + i5,
                          schemaPath:
                            '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key9 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err48];
                        } else {
                          vErrors.push(err48);
                        }
                        errors++;
                      }
                    }
                    if (data32.name !== undefined) {
                      if (typeof data32.name !== 'string') {
                        const err49 = {
                          instancePath:
                            instancePath + '/spec/appHttpPipeline/handlers/' + i5 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err49];
                        } else {
                          vErrors.push(err49);
                        }
                        errors++;
                      }
                    }
                    if (data32.selector !== undefined) {
                      let data34 = data32.selector;
                      if (data34 && typeof data34 == 'object' && !Array.isArray(data34)) {
                        if (data34.fields === undefined) {
                          const err50 = {
                            instancePath:
                              instancePath + '/spec/appHttpPipeline/handlers/' + i5 + '/selector',
                            schemaPath:
                              '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/required',
                            keyword: 'required',
                            params: { missingProperty: 'fields' },
                            message: "must have required property '" + 'fields' + "'",
                          };
                          if (vErrors === null) {
                            vErrors = [err50];
                          } else {
                            vErrors.push(err50);
                          }
                          errors++;
                        }
                        for (const key10 in data34) {
                          if (!(key10 === 'fields')) {
                            const err51 = {
                              instancePath:
                                instancePath + '/spec/appHttpPipeline/handlers/' + i5 + '/selector',
                              schemaPath:
                                '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/additionalProperties',
                              keyword: 'additionalProperties',
                              params: { additionalProperty: key10 },
                              message: 'must NOT have additional properties',
                            };
                            if (vErrors === null) {
                              vErrors = [err51];
                            } else {
                              vErrors.push(err51);
                            }
                            errors++;
                          }
                        }
                        if (data34.fields !== undefined) {
                          let data35 = data34.fields;
                          if (Array.isArray(data35)) {
                            const len6 = data35.length;
                            for (let i6 = 0; i6 < len6; i6++) {
                              let data36 = data35[i6];
                              if (data36 && typeof data36 == 'object' && !Array.isArray(data36)) {
                                if (data36.field === undefined) {
                                  const err52 = {
                                    instancePath:
                                      instancePath +
                                      '/spec/appHttpPipeline/handlers/' +
                                      i5 +
                                      '/selector/fields/' +
                                      i6,
                                    schemaPath:
                                      '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/items/required',
                                    keyword: 'required',
                                    params: { missingProperty: 'field' },
                                    message: "must have required property '" + 'field' + "'",
                                  };
                                  if (vErrors === null) {
                                    vErrors = [err52];
                                  } else {
                                    vErrors.push(err52);
                                  }
                                  errors++;
                                }
                                if (data36.value === undefined) {
                                  const err53 = {
                                    instancePath:
                                      instancePath +
                                      '/spec/appHttpPipeline/handlers/' +
                                      i5 +
                                      '/selector/fields/' +
                                      i6,
                                    schemaPath:
                                      '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/items/required',
                                    keyword: 'required',
                                    params: { missingProperty: 'value' },
                                    message: "must have required property '" + 'value' + "'",
                                  };
                                  if (vErrors === null) {
                                    vErrors = [err53];
                                  } else {
                                    vErrors.push(err53);
                                  }
                                  errors++;
                                }
                                for (const key11 in data36) {
                                  if (!(key11 === 'field' || key11 === 'value')) {
                                    const err54 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/appHttpPipeline/handlers/' +
                                        i5 +
                                        '/selector/fields/' +
                                        i6,
                                      schemaPath:
                                        '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/items/additionalProperties',
                                      keyword: 'additionalProperties',
                                      params: { additionalProperty: key11 },
                                      message: 'must NOT have additional properties',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err54];
                                    } else {
                                      vErrors.push(err54);
                                    }
                                    errors++;
                                  }
                                }
                                if (data36.field !== undefined) {
                                  if (typeof data36.field !== 'string') {
                                    const err55 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/appHttpPipeline/handlers/' +
                                        i5 +
                                        '/selector/fields/' +
                                        i6 +
                                        '/field',
                                      schemaPath:
                                        '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/items/properties/field/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err55];
                                    } else {
                                      vErrors.push(err55);
                                    }
                                    errors++;
                                  }
                                }
                                if (data36.value !== undefined) {
                                  if (typeof data36.value !== 'string') {
                                    const err56 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/appHttpPipeline/handlers/' +
                                        i5 +
                                        '/selector/fields/' +
                                        i6 +
                                        '/value',
                                      schemaPath:
                                        '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/items/properties/value/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err56];
                                    } else {
                                      vErrors.push(err56);
                                    }
                                    errors++;
                                  }
                                }
                              } else {
                                const err57 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/appHttpPipeline/handlers/' +
                                    i5 +
                                    '/selector/fields/' +
                                    i6,
                                  schemaPath:
                                    '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/items/type',
                                  keyword: 'type',
                                  params: { type: 'object' },
                                  message: 'must be object',
                                };
                                if (vErrors === null) {
                                  vErrors = [err57];
                                } else {
                                  vErrors.push(err57);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err58 = {
                              instancePath:
                                instancePath +
                                '/spec/appHttpPipeline/handlers/' +
                                i5 +
                                '/selector/fields',
                              schemaPath:
                                '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/properties/fields/type',
                              keyword: 'type',
                              params: { type: 'array' },
                              message: 'must be array',
                            };
                            if (vErrors === null) {
                              vErrors = [err58];
                            } else {
                              vErrors.push(err58);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err59 = {
                          instancePath:
                            instancePath + '/spec/appHttpPipeline/handlers/' + i5 + '/selector',
                          schemaPath:
                            '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/selector/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err59];
                        } else {
                          vErrors.push(err59);
                        }
                        errors++;
                      }
                    }
                    if (data32.type !== undefined) {
                      if (typeof data32.type !== 'string') {
                        const err60 = {
                          instancePath:
                            instancePath + '/spec/appHttpPipeline/handlers/' + i5 + '/type',
                          schemaPath:
                            '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/properties/type/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err60];
                        } else {
                          vErrors.push(err60);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err61 = {
                      instancePath: instancePath + '/spec/appHttpPipeline/handlers/' + i5,
                      schemaPath:
                        '#/properties/spec/properties/appHttpPipeline/properties/handlers/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err61];
                    } else {
                      vErrors.push(err61);
                    }
                    errors++;
                  }
                }
              } else {
                const err62 = {
                  instancePath: instancePath + '/spec/appHttpPipeline/handlers',
                  schemaPath:
                    '#/properties/spec/properties/appHttpPipeline/properties/handlers/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err62];
                } else {
                  vErrors.push(err62);
                }
                errors++;
              }
            }
          } else {
            const err63 = {
              instancePath: instancePath + '/spec/appHttpPipeline',
              schemaPath: '#/properties/spec/properties/appHttpPipeline/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err63];
            } else {
              vErrors.push(err63);
            }
            errors++;
          }
        }
        if (data3.components !== undefined) {
          let data40 = data3.components;
          if (data40 && typeof data40 == 'object' && !Array.isArray(data40)) {
            for (const key12 in data40) {
              if (!(key12 === 'deny')) {
                const err64 = {
                  instancePath: instancePath + '/spec/components',
                  schemaPath: '#/properties/spec/properties/components/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key12 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err64];
                } else {
                  vErrors.push(err64);
                }
                errors++;
              }
            }
            if (data40.deny !== undefined) {
              let data41 = data40.deny;
              if (Array.isArray(data41)) {
                const len7 = data41.length;
                for (let i7 = 0; i7 < len7; i7++) {
                  if (typeof data41[i7] !== 'string') {
                    const err65 = {
                      instancePath: instancePath + '/spec/components/deny/' + i7,
                      schemaPath:
                        '#/properties/spec/properties/components/properties/deny/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err65];
                    } else {
                      vErrors.push(err65);
                    }
                    errors++;
                  }
                }
              } else {
                const err66 = {
                  instancePath: instancePath + '/spec/components/deny',
                  schemaPath: '#/properties/spec/properties/components/properties/deny/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err66];
                } else {
                  vErrors.push(err66);
                }
                errors++;
              }
            }
          } else {
            const err67 = {
              instancePath: instancePath + '/spec/components',
              schemaPath: '#/properties/spec/properties/components/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err67];
            } else {
              vErrors.push(err67);
            }
            errors++;
          }
        }
        if (data3.features !== undefined) {
          let data43 = data3.features;
          if (Array.isArray(data43)) {
            const len8 = data43.length;
            for (let i8 = 0; i8 < len8; i8++) {
              let data44 = data43[i8];
              if (data44 && typeof data44 == 'object' && !Array.isArray(data44)) {
                if (data44.enabled === undefined) {
                  const err68 = {
                    instancePath: instancePath + '/spec/features/' + i8,
                    schemaPath: '#/properties/spec/properties/features/items/required',
                    keyword: 'required',
                    params: { missingProperty: 'enabled' },
                    message: "must have required property '" + 'enabled' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err68];
                  } else {
                    vErrors.push(err68);
                  }
                  errors++;
                }
                if (data44.name === undefined) {
                  const err69 = {
                    instancePath: instancePath + '/spec/features/' + i8,
                    schemaPath: '#/properties/spec/properties/features/items/required',
                    keyword: 'required',
                    params: { missingProperty: 'name' },
                    message: "must have required property '" + 'name' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err69];
                  } else {
                    vErrors.push(err69);
                  }
                  errors++;
                }
                for (const key13 in data44) {
                  if (!(key13 === 'enabled' || key13 === 'name')) {
                    const err70 = {
                      instancePath: instancePath + '/spec/features/' + i8,
                      schemaPath:
                        '#/properties/spec/properties/features/items/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key13 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err70];
                    } else {
                      vErrors.push(err70);
                    }
                    errors++;
                  }
                }
                if (data44.enabled !== undefined) {
                  if (typeof data44.enabled !== 'boolean') {
                    const err71 = {
                      instancePath: instancePath + '/spec/features/' + i8 + '/enabled',
                      schemaPath:
                        '#/properties/spec/properties/features/items/properties/enabled/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err71];
                    } else {
                      vErrors.push(err71);
                    }
                    errors++;
                  }
                }
                if (data44.name !== undefined) {
                  if (typeof data44.name !== 'string') {
                    const err72 = {
                      instancePath: instancePath + '/spec/features/' + i8 + '/name',
                      schemaPath:
                        '#/properties/spec/properties/features/items/properties/name/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err72];
                    } else {
                      vErrors.push(err72);
                    }
                    errors++;
                  }
                }
              } else {
                const err73 = {
                  instancePath: instancePath + '/spec/features/' + i8,
                  schemaPath: '#/properties/spec/properties/features/items/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err73];
                } else {
                  vErrors.push(err73);
                }
                errors++;
              }
            }
          } else {
            const err74 = {
              instancePath: instancePath + '/spec/features',
              schemaPath: '#/properties/spec/properties/features/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            };
            if (vErrors === null) {
              vErrors = [err74];
            } else {
              vErrors.push(err74);
            }
            errors++;
          }
        }
        if (data3.httpPipeline !== undefined) {
          let data47 = data3.httpPipeline;
          if (data47 && typeof data47 == 'object' && !Array.isArray(data47)) {
            if (data47.handlers === undefined) {
              const err75 = {
                instancePath: instancePath + '/spec/httpPipeline',
                schemaPath: '#/properties/spec/properties/httpPipeline/required',
                keyword: 'required',
                params: { missingProperty: 'handlers' },
                message: "must have required property '" + 'handlers' + "'",
              };
              if (vErrors === null) {
                vErrors = [err75];
              } else {
                vErrors.push(err75);
              }
              errors++;
            }
            for (const key14 in data47) {
              if (!(key14 === 'handlers')) {
                const err76 = {
                  instancePath: instancePath + '/spec/httpPipeline',
                  schemaPath: '#/properties/spec/properties/httpPipeline/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key14 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err76];
                } else {
                  vErrors.push(err76);
                }
                errors++;
              }
            }
            if (data47.handlers !== undefined) {
              let data48 = data47.handlers;
              if (Array.isArray(data48)) {
                const len9 = data48.length;
                for (let i9 = 0; i9 < len9; i9++) {
                  let data49 = data48[i9];
                  if (data49 && typeof data49 == 'object' && !Array.isArray(data49)) {
                    if (data49.name === undefined) {
                      const err77 = {
                        instancePath: instancePath + '/spec/httpPipeline/handlers/' + i9,
                        schemaPath:
                          '#/properties/spec/properties/httpPipeline/properties/handlers/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err77];
                      } else {
                        vErrors.push(err77);
                      }
                      errors++;
                    }
                    if (data49.type === undefined) {
                      const err78 = {
                        instancePath: instancePath + '/spec/httpPipeline/handlers/' + i9,
                        schemaPath:
                          '#/properties/spec/properties/httpPipeline/properties/handlers/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'type' },
                        message: "must have required property '" + 'type' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err78];
                      } else {
                        vErrors.push(err78);
                      }
                      errors++;
                    }
                    for (const key15 in data49) {
                      if (!(key15 === 'name' || key15 === 'selector' || key15 === 'type')) {
                        const err79 = {
                          instancePath: instancePath + '/spec/httpPipeline/handlers/' + i9,
                          schemaPath:
                            '#/properties/spec/properties/httpPipeline/properties/handlers/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key15 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err79];
                        } else {
                          vErrors.push(err79);
                        }
                        errors++;
                      }
                    }
                    if (data49.name !== undefined) {
                      if (typeof data49.name !== 'string') {
                        const err80 = {
                          instancePath:
                            instancePath + '/spec/httpPipeline/handlers/' + i9 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err80];
                        } else {
                          vErrors.push(err80);
                        }
                        errors++;
                      }
                    }
                    if (data49.selector !== undefined) {
                      let data51 = data49.selector;
                      if (data51 && typeof data51 == 'object' && !Array.isArray(data51)) {
                        if (data51.fields === undefined) {
                          const err81 = {
                            instancePath:
                              instancePath + '/spec/httpPipeline/handlers/' + i9 + '/selector',
                            schemaPath:
                              '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/required',
                            keyword: 'required',
                            params: { missingProperty: 'fields' },
                            message: "must have required property '" + 'fields' + "'",
                          };
                          if (vErrors === null) {
                            vErrors = [err81];
                          } else {
                            vErrors.push(err81);
                          }
                          errors++;
                        }
                        for (const key16 in data51) {
                          if (!(key16 === 'fields')) {
                            const err82 = {
                              instancePath:
                                instancePath + '/spec/httpPipeline/handlers/' + i9 + '/selector',
                              schemaPath:
                                '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/additionalProperties',
                              keyword: 'additionalProperties',
                              params: { additionalProperty: key16 },
                              message: 'must NOT have additional properties',
                            };
                            if (vErrors === null) {
                              vErrors = [err82];
                            } else {
                              vErrors.push(err82);
                            }
                            errors++;
                          }
                        }
                        if (data51.fields !== undefined) {
                          let data52 = data51.fields;
                          if (Array.isArray(data52)) {
                            const len10 = data52.length;
                            for (let i10 = 0; i10 < len10; i10++) {
                              let data53 = data52[i10];
                              if (data53 && typeof data53 == 'object' && !Array.isArray(data53)) {
                                if (data53.field === undefined) {
                                  const err83 = {
                                    instancePath:
                                      instancePath +
                                      '/spec/httpPipeline/handlers/' +
                                      i9 +
                                      '/selector/fields/' +
                                      i10,
                                    schemaPath:
                                      '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/items/required',
                                    keyword: 'required',
                                    params: { missingProperty: 'field' },
                                    message: "must have required property '" + 'field' + "'",
                                  };
                                  if (vErrors === null) {
                                    vErrors = [err83];
                                  } else {
                                    vErrors.push(err83);
                                  }
                                  errors++;
                                }
                                if (data53.value === undefined) {
                                  const err84 = {
                                    instancePath:
                                      instancePath +
                                      '/spec/httpPipeline/handlers/' +
                                      i9 +
                                      '/selector/fields/' +
                                      i10,
                                    schemaPath:
                                      '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/items/required',
                                    keyword: 'required',
                                    params: { missingProperty: 'value' },
                                    message: "must have required property '" + 'value' + "'",
                                  };
                                  if (vErrors === null) {
                                    vErrors = [err84];
                                  } else {
                                    vErrors.push(err84);
                                  }
                                  errors++;
                                }
                                for (const key17 in data53) {
                                  if (!(key17 === 'field' || key17 === 'value')) {
                                    const err85 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/httpPipeline/handlers/' +
                                        i9 +
                                        '/selector/fields/' +
                                        i10,
                                      schemaPath:
                                        '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/items/additionalProperties',
                                      keyword: 'additionalProperties',
                                      params: { additionalProperty: key17 },
                                      message: 'must NOT have additional properties',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err85];
                                    } else {
                                      vErrors.push(err85);
                                    }
                                    errors++;
                                  }
                                }
                                if (data53.field !== undefined) {
                                  if (typeof data53.field !== 'string') {
                                    const err86 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/httpPipeline/handlers/' +
                                        i9 +
                                        '/selector/fields/' +
                                        i10 +
                                        '/field',
                                      schemaPath:
                                        '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/items/properties/field/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err86];
                                    } else {
                                      vErrors.push(err86);
                                    }
                                    errors++;
                                  }
                                }
                                if (data53.value !== undefined) {
                                  if (typeof data53.value !== 'string') {
                                    const err87 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/httpPipeline/handlers/' +
                                        i9 +
                                        '/selector/fields/' +
                                        i10 +
                                        '/value',
                                      schemaPath:
                                        '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/items/properties/value/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err87];
                                    } else {
                                      vErrors.push(err87);
                                    }
                                    errors++;
                                  }
                                }
                              } else {
                                const err88 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/httpPipeline/handlers/' +
                                    i9 +
                                    '/selector/fields/' +
                                    i10,
                                  schemaPath:
                                    '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/items/type',
                                  keyword: 'type',
                                  params: { type: 'object' },
                                  message: 'must be object',
                                };
                                if (vErrors === null) {
                                  vErrors = [err88];
                                } else {
                                  vErrors.push(err88);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err89 = {
                              instancePath:
                                instancePath +
                                '/spec/httpPipeline/handlers/' +
                                i9 +
                                '/selector/fields',
                              schemaPath:
                                '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/properties/fields/type',
                              keyword: 'type',
                              params: { type: 'array' },
                              message: 'must be array',
                            };
                            if (vErrors === null) {
                              vErrors = [err89];
                            } else {
                              vErrors.push(err89);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err90 = {
                          instancePath:
                            instancePath + '/spec/httpPipeline/handlers/' + i9 + '/selector',
                          schemaPath:
                            '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/selector/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err90];
                        } else {
                          vErrors.push(err90);
                        }
                        errors++;
                      }
                    }
                    if (data49.type !== undefined) {
                      if (typeof data49.type !== 'string') {
                        const err91 = {
                          instancePath:
                            instancePath + '/spec/httpPipeline/handlers/' + i9 + '/type',
                          schemaPath:
                            '#/properties/spec/properties/httpPipeline/properties/handlers/items/properties/type/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err91];
                        } else {
                          vErrors.push(err91);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err92 = {
                      instancePath: instancePath + '/spec/httpPipeline/handlers/' + i9,
                      schemaPath:
                        '#/properties/spec/properties/httpPipeline/properties/handlers/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err92];
                    } else {
                      vErrors.push(err92);
                    }
                    errors++;
                  }
                }
              } else {
                const err93 = {
                  instancePath: instancePath + '/spec/httpPipeline/handlers',
                  schemaPath: '#/properties/spec/properties/httpPipeline/properties/handlers/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err93];
                } else {
                  vErrors.push(err93);
                }
                errors++;
              }
            }
          } else {
            const err94 = {
              instancePath: instancePath + '/spec/httpPipeline',
              schemaPath: '#/properties/spec/properties/httpPipeline/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err94];
            } else {
              vErrors.push(err94);
            }
            errors++;
          }
        }
        if (data3.logging !== undefined) {
          let data57 = data3.logging;
          if (data57 && typeof data57 == 'object' && !Array.isArray(data57)) {
            for (const key18 in data57) {
              if (!(key18 === 'apiLogging')) {
                const err95 = {
                  instancePath: instancePath + '/spec/logging',
                  schemaPath: '#/properties/spec/properties/logging/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key18 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err95];
                } else {
                  vErrors.push(err95);
                }
                errors++;
              }
            }
            if (data57.apiLogging !== undefined) {
              let data58 = data57.apiLogging;
              if (data58 && typeof data58 == 'object' && !Array.isArray(data58)) {
                for (const key19 in data58) {
                  if (!(
                    key19 === 'enabled' ||
                    key19 === 'obfuscateURLs' ||
                    key19 === 'omitHealthChecks'
                  )) {
                    const err96 = {
                      instancePath: instancePath + '/spec/logging/apiLogging',
                      schemaPath:
                        '#/properties/spec/properties/logging/properties/apiLogging/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key19 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err96];
                    } else {
                      vErrors.push(err96);
                    }
                    errors++;
                  }
                }
                if (data58.enabled !== undefined) {
                  if (typeof data58.enabled !== 'boolean') {
                    const err97 = {
                      instancePath: instancePath + '/spec/logging/apiLogging/enabled',
                      schemaPath:
                        '#/properties/spec/properties/logging/properties/apiLogging/properties/enabled/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err97];
                    } else {
                      vErrors.push(err97);
                    }
                    errors++;
                  }
                }
                if (data58.obfuscateURLs !== undefined) {
                  if (typeof data58.obfuscateURLs !== 'boolean') {
                    const err98 = {
                      instancePath: instancePath + '/spec/logging/apiLogging/obfuscateURLs',
                      schemaPath:
                        '#/properties/spec/properties/logging/properties/apiLogging/properties/obfuscateURLs/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err98];
                    } else {
                      vErrors.push(err98);
                    }
                    errors++;
                  }
                }
                if (data58.omitHealthChecks !== undefined) {
                  if (typeof data58.omitHealthChecks !== 'boolean') {
                    const err99 = {
                      instancePath: instancePath + '/spec/logging/apiLogging/omitHealthChecks',
                      schemaPath:
                        '#/properties/spec/properties/logging/properties/apiLogging/properties/omitHealthChecks/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err99];
                    } else {
                      vErrors.push(err99);
                    }
                    errors++;
                  }
                }
              } else {
                const err100 = {
                  instancePath: instancePath + '/spec/logging/apiLogging',
                  schemaPath: '#/properties/spec/properties/logging/properties/apiLogging/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err100];
                } else {
                  vErrors.push(err100);
                }
                errors++;
              }
            }
          } else {
            const err101 = {
              instancePath: instancePath + '/spec/logging',
              schemaPath: '#/properties/spec/properties/logging/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err101];
            } else {
              vErrors.push(err101);
            }
            errors++;
          }
        }
        if (data3.metric !== undefined) {
          let data62 = data3.metric;
          if (data62 && typeof data62 == 'object' && !Array.isArray(data62)) {
            if (data62.enabled === undefined) {
              const err102 = {
                instancePath: instancePath + '/spec/metric',
                schemaPath: '#/properties/spec/properties/metric/required',
                keyword: 'required',
                params: { missingProperty: 'enabled' },
                message: "must have required property '" + 'enabled' + "'",
              };
              if (vErrors === null) {
                vErrors = [err102];
              } else {
                vErrors.push(err102);
              }
              errors++;
            }
            for (const key20 in data62) {
              if (!(
                key20 === 'enabled' ||
                key20 === 'http' ||
                key20 === 'latencyDistributionBuckets' ||
                key20 === 'recordErrorCodes' ||
                key20 === 'rules'
              )) {
                const err103 = {
                  instancePath: instancePath + '/spec/metric',
                  schemaPath: '#/properties/spec/properties/metric/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key20 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err103];
                } else {
                  vErrors.push(err103);
                }
                errors++;
              }
            }
            if (data62.enabled !== undefined) {
              if (typeof data62.enabled !== 'boolean') {
                const err104 = {
                  instancePath: instancePath + '/spec/metric/enabled',
                  schemaPath: '#/properties/spec/properties/metric/properties/enabled/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err104];
                } else {
                  vErrors.push(err104);
                }
                errors++;
              }
            }
            if (data62.http !== undefined) {
              let data64 = data62.http;
              if (data64 && typeof data64 == 'object' && !Array.isArray(data64)) {
                for (const key21 in data64) {
                  if (!(
                    key21 === 'excludeVerbs' ||
                    key21 === 'increasedCardinality' ||
                    key21 === 'pathMatching'
                  )) {
                    const err105 = {
                      instancePath: instancePath + '/spec/metric/http',
                      schemaPath:
                        '#/properties/spec/properties/metric/properties/http/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key21 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err105];
                    } else {
                      vErrors.push(err105);
                    }
                    errors++;
                  }
                }
                if (data64.excludeVerbs !== undefined) {
                  if (typeof data64.excludeVerbs !== 'boolean') {
                    const err106 = {
                      instancePath: instancePath + '/spec/metric/http/excludeVerbs',
                      schemaPath:
                        '#/properties/spec/properties/metric/properties/http/properties/excludeVerbs/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err106];
                    } else {
                      vErrors.push(err106);
                    }
                    errors++;
                  }
                }
                if (data64.increasedCardinality !== undefined) {
                  if (typeof data64.increasedCardinality !== 'boolean') {
                    const err107 = {
                      instancePath: instancePath + '/spec/metric/http/increasedCardinality',
                      schemaPath:
                        '#/properties/spec/properties/metric/properties/http/properties/increasedCardinality/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err107];
                    } else {
                      vErrors.push(err107);
                    }
                    errors++;
                  }
                }
                if (data64.pathMatching !== undefined) {
                  let data67 = data64.pathMatching;
                  if (Array.isArray(data67)) {
                    const len11 = data67.length;
                    for (let i11 = 0; i11 < len11; i11++) {
                      if (typeof data67[i11] !== 'string') {
                        const err108 = {
                          instancePath: instancePath + '/spec/metric/http/pathMatching/' + i11,
                          schemaPath:
                            '#/properties/spec/properties/metric/properties/http/properties/pathMatching/items/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err108];
                        } else {
                          vErrors.push(err108);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err109 = {
                      instancePath: instancePath + '/spec/metric/http/pathMatching',
                      schemaPath:
                        '#/properties/spec/properties/metric/properties/http/properties/pathMatching/type',
                      keyword: 'type',
                      params: { type: 'array' },
                      message: 'must be array',
                    };
                    if (vErrors === null) {
                      vErrors = [err109];
                    } else {
                      vErrors.push(err109);
                    }
                    errors++;
                  }
                }
              } else {
                const err110 = {
                  instancePath: instancePath + '/spec/metric/http',
                  schemaPath: '#/properties/spec/properties/metric/properties/http/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err110];
                } else {
                  vErrors.push(err110);
                }
                errors++;
              }
            }
            if (data62.latencyDistributionBuckets !== undefined) {
              let data69 = data62.latencyDistributionBuckets;
              if (Array.isArray(data69)) {
                const len12 = data69.length;
                for (let i12 = 0; i12 < len12; i12++) {
                  let data70 = data69[i12];
                  if (!(typeof data70 == 'number' && !(data70 % 1) && !isNaN(data70))) {
                    const err111 = {
                      instancePath: instancePath + '/spec/metric/latencyDistributionBuckets/' + i12,
                      schemaPath:
                        '#/properties/spec/properties/metric/properties/latencyDistributionBuckets/items/type',
                      keyword: 'type',
                      params: { type: 'integer' },
                      message: 'must be integer',
                    };
                    if (vErrors === null) {
                      vErrors = [err111];
                    } else {
                      vErrors.push(err111);
                    }
                    errors++;
                  }
                }
              } else {
                const err112 = {
                  instancePath: instancePath + '/spec/metric/latencyDistributionBuckets',
                  schemaPath:
                    '#/properties/spec/properties/metric/properties/latencyDistributionBuckets/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err112];
                } else {
                  vErrors.push(err112);
                }
                errors++;
              }
            }
            if (data62.recordErrorCodes !== undefined) {
              if (typeof data62.recordErrorCodes !== 'boolean') {
                const err113 = {
                  instancePath: instancePath + '/spec/metric/recordErrorCodes',
                  schemaPath:
                    '#/properties/spec/properties/metric/properties/recordErrorCodes/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err113];
                } else {
                  vErrors.push(err113);
                }
                errors++;
              }
            }
            if (data62.rules !== undefined) {
              let data72 = data62.rules;
              if (Array.isArray(data72)) {
                const len13 = data72.length;
                for (let i13 = 0; i13 < len13; i13++) {
                  let data73 = data72[i13];
                  if (data73 && typeof data73 == 'object' && !Array.isArray(data73)) {
                    if (data73.labels === undefined) {
                      const err114 = {
                        instancePath: instancePath + '/spec/metric/rules/' + i13,
                        schemaPath:
                          '#/properties/spec/properties/metric/properties/rules/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'labels' },
                        message: "must have required property '" + 'labels' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err114];
                      } else {
                        vErrors.push(err114);
                      }
                      errors++;
                    }
                    if (data73.name === undefined) {
                      const err115 = {
                        instancePath: instancePath + '/spec/metric/rules/' + i13,
                        schemaPath:
                          '#/properties/spec/properties/metric/properties/rules/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err115];
                      } else {
                        vErrors.push(err115);
                      }
                      errors++;
                    }
                    for (const key22 in data73) {
                      if (!(key22 === 'labels' || key22 === 'name')) {
                        const err116 = {
                          instancePath: instancePath + '/spec/metric/rules/' + i13,
                          schemaPath:
                            '#/properties/spec/properties/metric/properties/rules/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key22 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err116];
                        } else {
                          vErrors.push(err116);
                        }
                        errors++;
                      }
                    }
                    if (data73.labels !== undefined) {
                      let data74 = data73.labels;
                      if (Array.isArray(data74)) {
                        const len14 = data74.length;
                        for (let i14 = 0; i14 < len14; i14++) {
                          let data75 = data74[i14];
                          if (data75 && typeof data75 == 'object' && !Array.isArray(data75)) {
                            if (data75.name === undefined) {
                              const err117 = {
                                instancePath:
                                  instancePath + '/spec/metric/rules/' + i13 + '/labels/' + i14,
                                schemaPath:
                                  '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/required',
                                keyword: 'required',
                                params: { missingProperty: 'name' },
                                message: "must have required property '" + 'name' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err117];
                              } else {
                                vErrors.push(err117);
                              }
                              errors++;
                            }
                            if (data75.regex === undefined) {
                              const err118 = {
                                instancePath:
                                  instancePath + '/spec/metric/rules/' + i13 + '/labels/' + i14,
                                schemaPath:
                                  '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/required',
                                keyword: 'required',
                                params: { missingProperty: 'regex' },
                                message: "must have required property '" + 'regex' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err118];
                              } else {
                                vErrors.push(err118);
                              }
                              errors++;
                            }
                            for (const key23 in data75) {
                              if (!(key23 === 'name' || key23 === 'regex')) {
                                const err119 = {
                                  instancePath:
                                    instancePath + '/spec/metric/rules/' + i13 + '/labels/' + i14,
                                  schemaPath:
                                    '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/additionalProperties',
                                  keyword: 'additionalProperties',
                                  params: { additionalProperty: key23 },
                                  message: 'must NOT have additional properties',
                                };
                                if (vErrors === null) {
                                  vErrors = [err119];
                                } else {
                                  vErrors.push(err119);
                                }
                                errors++;
                              }
                            }
                            if (data75.name !== undefined) {
                              if (typeof data75.name !== 'string') {
                                const err120 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/metric/rules/' +
                                    i13 +
                                    '/labels/' +
                                    i14 +
                                    '/name',
                                  schemaPath:
                                    '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/properties/name/type',
                                  keyword: 'type',
                                  params: { type: 'string' },
                                  message: 'must be string',
                                };
                                if (vErrors === null) {
                                  vErrors = [err120];
                                } else {
                                  vErrors.push(err120);
                                }
                                errors++;
                              }
                            }
                            if (data75.regex !== undefined) {
                              let data77 = data75.regex;
                              if (data77 && typeof data77 == 'object' && !Array.isArray(data77)) {
                                for (const key24 in data77) {
                                  if (typeof data77[key24] !== 'string') {
                                    const err121 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/metric/rules/' +
                                        i13 +
                                        '/labels/' +
                                        i14 +
                                        '/regex/' +
                                        key24.replace(/~/g, '~0').replace(/\//g, '~1'),
                                      schemaPath:
                                        '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/properties/regex/additionalProperties/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err121];
                                    } else {
                                      vErrors.push(err121);
                                    }
                                    errors++;
                                  }
                                }
                              } else {
                                const err122 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/metric/rules/' +
                                    i13 +
                                    '/labels/' +
                                    i14 +
                                    '/regex',
                                  schemaPath:
                                    '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/properties/regex/type',
                                  keyword: 'type',
                                  params: { type: 'object' },
                                  message: 'must be object',
                                };
                                if (vErrors === null) {
                                  vErrors = [err122];
                                } else {
                                  vErrors.push(err122);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err123 = {
                              instancePath:
                                instancePath + '/spec/metric/rules/' + i13 + '/labels/' + i14,
                              schemaPath:
                                '#/properties/spec/properties/metric/properties/rules/items/properties/labels/items/type',
                              keyword: 'type',
                              params: { type: 'object' },
                              message: 'must be object',
                            };
                            if (vErrors === null) {
                              vErrors = [err123];
                            } else {
                              vErrors.push(err123);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err124 = {
                          instancePath: instancePath + '/spec/metric/rules/' + i13 + '/labels',
                          schemaPath:
                            '#/properties/spec/properties/metric/properties/rules/items/properties/labels/type',
                          keyword: 'type',
                          params: { type: 'array' },
                          message: 'must be array',
                        };
                        if (vErrors === null) {
                          vErrors = [err124];
                        } else {
                          vErrors.push(err124);
                        }
                        errors++;
                      }
                    }
                    if (data73.name !== undefined) {
                      if (typeof data73.name !== 'string') {
                        const err125 = {
                          instancePath: instancePath + '/spec/metric/rules/' + i13 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/metric/properties/rules/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err125];
                        } else {
                          vErrors.push(err125);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err126 = {
                      instancePath: instancePath + '/spec/metric/rules/' + i13,
                      schemaPath: '#/properties/spec/properties/metric/properties/rules/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err126];
                    } else {
                      vErrors.push(err126);
                    }
                    errors++;
                  }
                }
              } else {
                const err127 = {
                  instancePath: instancePath + '/spec/metric/rules',
                  schemaPath: '#/properties/spec/properties/metric/properties/rules/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err127];
                } else {
                  vErrors.push(err127);
                }
                errors++;
              }
            }
          } else {
            const err128 = {
              instancePath: instancePath + '/spec/metric',
              schemaPath: '#/properties/spec/properties/metric/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err128];
            } else {
              vErrors.push(err128);
            }
            errors++;
          }
        }
        if (data3.metrics !== undefined) {
          let data80 = data3.metrics;
          if (data80 && typeof data80 == 'object' && !Array.isArray(data80)) {
            if (data80.enabled === undefined) {
              const err129 = {
                instancePath: instancePath + '/spec/metrics',
                schemaPath: '#/properties/spec/properties/metrics/required',
                keyword: 'required',
                params: { missingProperty: 'enabled' },
                message: "must have required property '" + 'enabled' + "'",
              };
              if (vErrors === null) {
                vErrors = [err129];
              } else {
                vErrors.push(err129);
              }
              errors++;
            }
            for (const key25 in data80) {
              if (!(
                key25 === 'enabled' ||
                key25 === 'http' ||
                key25 === 'latencyDistributionBuckets' ||
                key25 === 'recordErrorCodes' ||
                key25 === 'rules'
              )) {
                const err130 = {
                  instancePath: instancePath + '/spec/metrics',
                  schemaPath: '#/properties/spec/properties/metrics/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key25 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err130];
                } else {
                  vErrors.push(err130);
                }
                errors++;
              }
            }
            if (data80.enabled !== undefined) {
              if (typeof data80.enabled !== 'boolean') {
                const err131 = {
                  instancePath: instancePath + '/spec/metrics/enabled',
                  schemaPath: '#/properties/spec/properties/metrics/properties/enabled/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err131];
                } else {
                  vErrors.push(err131);
                }
                errors++;
              }
            }
            if (data80.http !== undefined) {
              let data82 = data80.http;
              if (data82 && typeof data82 == 'object' && !Array.isArray(data82)) {
                for (const key26 in data82) {
                  if (!(
                    key26 === 'excludeVerbs' ||
                    key26 === 'increasedCardinality' ||
                    key26 === 'pathMatching'
                  )) {
                    const err132 = {
                      instancePath: instancePath + '/spec/metrics/http',
                      schemaPath:
                        '#/properties/spec/properties/metrics/properties/http/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key26 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err132];
                    } else {
                      vErrors.push(err132);
                    }
                    errors++;
                  }
                }
                if (data82.excludeVerbs !== undefined) {
                  if (typeof data82.excludeVerbs !== 'boolean') {
                    const err133 = {
                      instancePath: instancePath + '/spec/metrics/http/excludeVerbs',
                      schemaPath:
                        '#/properties/spec/properties/metrics/properties/http/properties/excludeVerbs/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err133];
                    } else {
                      vErrors.push(err133);
                    }
                    errors++;
                  }
                }
                if (data82.increasedCardinality !== undefined) {
                  if (typeof data82.increasedCardinality !== 'boolean') {
                    const err134 = {
                      instancePath: instancePath + '/spec/metrics/http/increasedCardinality',
                      schemaPath:
                        '#/properties/spec/properties/metrics/properties/http/properties/increasedCardinality/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err134];
                    } else {
                      vErrors.push(err134);
                    }
                    errors++;
                  }
                }
                if (data82.pathMatching !== undefined) {
                  let data85 = data82.pathMatching;
                  if (Array.isArray(data85)) {
                    const len15 = data85.length;
                    for (let i15 = 0; i15 < len15; i15++) {
                      if (typeof data85[i15] !== 'string') {
                        const err135 = {
                          instancePath: instancePath + '/spec/metrics/http/pathMatching/' + i15,
                          schemaPath:
                            '#/properties/spec/properties/metrics/properties/http/properties/pathMatching/items/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err135];
                        } else {
                          vErrors.push(err135);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err136 = {
                      instancePath: instancePath + '/spec/metrics/http/pathMatching',
                      schemaPath:
                        '#/properties/spec/properties/metrics/properties/http/properties/pathMatching/type',
                      keyword: 'type',
                      params: { type: 'array' },
                      message: 'must be array',
                    };
                    if (vErrors === null) {
                      vErrors = [err136];
                    } else {
                      vErrors.push(err136);
                    }
                    errors++;
                  }
                }
              } else {
                const err137 = {
                  instancePath: instancePath + '/spec/metrics/http',
                  schemaPath: '#/properties/spec/properties/metrics/properties/http/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err137];
                } else {
                  vErrors.push(err137);
                }
                errors++;
              }
            }
            if (data80.latencyDistributionBuckets !== undefined) {
              let data87 = data80.latencyDistributionBuckets;
              if (Array.isArray(data87)) {
                const len16 = data87.length;
                for (let i16 = 0; i16 < len16; i16++) {
                  let data88 = data87[i16];
                  if (!(typeof data88 == 'number' && !(data88 % 1) && !isNaN(data88))) {
                    const err138 = {
                      instancePath:
                        instancePath + '/spec/metrics/latencyDistributionBuckets/' + i16,
                      schemaPath:
                        '#/properties/spec/properties/metrics/properties/latencyDistributionBuckets/items/type',
                      keyword: 'type',
                      params: { type: 'integer' },
                      message: 'must be integer',
                    };
                    if (vErrors === null) {
                      vErrors = [err138];
                    } else {
                      vErrors.push(err138);
                    }
                    errors++;
                  }
                }
              } else {
                const err139 = {
                  instancePath: instancePath + '/spec/metrics/latencyDistributionBuckets',
                  schemaPath:
                    '#/properties/spec/properties/metrics/properties/latencyDistributionBuckets/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err139];
                } else {
                  vErrors.push(err139);
                }
                errors++;
              }
            }
            if (data80.recordErrorCodes !== undefined) {
              if (typeof data80.recordErrorCodes !== 'boolean') {
                const err140 = {
                  instancePath: instancePath + '/spec/metrics/recordErrorCodes',
                  schemaPath:
                    '#/properties/spec/properties/metrics/properties/recordErrorCodes/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err140];
                } else {
                  vErrors.push(err140);
                }
                errors++;
              }
            }
            if (data80.rules !== undefined) {
              let data90 = data80.rules;
              if (Array.isArray(data90)) {
                const len17 = data90.length;
                for (let i17 = 0; i17 < len17; i17++) {
                  let data91 = data90[i17];
                  if (data91 && typeof data91 == 'object' && !Array.isArray(data91)) {
                    if (data91.labels === undefined) {
                      const err141 = {
                        instancePath: instancePath + '/spec/metrics/rules/' + i17,
                        schemaPath:
                          '#/properties/spec/properties/metrics/properties/rules/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'labels' },
                        message: "must have required property '" + 'labels' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err141];
                      } else {
                        vErrors.push(err141);
                      }
                      errors++;
                    }
                    if (data91.name === undefined) {
                      const err142 = {
                        instancePath: instancePath + '/spec/metrics/rules/' + i17,
                        schemaPath:
                          '#/properties/spec/properties/metrics/properties/rules/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err142];
                      } else {
                        vErrors.push(err142);
                      }
                      errors++;
                    }
                    for (const key27 in data91) {
                      if (!(key27 === 'labels' || key27 === 'name')) {
                        const err143 = {
                          instancePath: instancePath + '/spec/metrics/rules/' + i17,
                          schemaPath:
                            '#/properties/spec/properties/metrics/properties/rules/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key27 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err143];
                        } else {
                          vErrors.push(err143);
                        }
                        errors++;
                      }
                    }
                    if (data91.labels !== undefined) {
                      let data92 = data91.labels;
                      if (Array.isArray(data92)) {
                        const len18 = data92.length;
                        for (let i18 = 0; i18 < len18; i18++) {
                          let data93 = data92[i18];
                          if (data93 && typeof data93 == 'object' && !Array.isArray(data93)) {
                            if (data93.name === undefined) {
                              const err144 = {
                                instancePath:
                                  instancePath + '/spec/metrics/rules/' + i17 + '/labels/' + i18,
                                schemaPath:
                                  '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/required',
                                keyword: 'required',
                                params: { missingProperty: 'name' },
                                message: "must have required property '" + 'name' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err144];
                              } else {
                                vErrors.push(err144);
                              }
                              errors++;
                            }
                            if (data93.regex === undefined) {
                              const err145 = {
                                instancePath:
                                  instancePath + '/spec/metrics/rules/' + i17 + '/labels/' + i18,
                                schemaPath:
                                  '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/required',
                                keyword: 'required',
                                params: { missingProperty: 'regex' },
                                message: "must have required property '" + 'regex' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err145];
                              } else {
                                vErrors.push(err145);
                              }
                              errors++;
                            }
                            for (const key28 in data93) {
                              if (!(key28 === 'name' || key28 === 'regex')) {
                                const err146 = {
                                  instancePath:
                                    instancePath + '/spec/metrics/rules/' + i17 + '/labels/' + i18,
                                  schemaPath:
                                    '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/additionalProperties',
                                  keyword: 'additionalProperties',
                                  params: { additionalProperty: key28 },
                                  message: 'must NOT have additional properties',
                                };
                                if (vErrors === null) {
                                  vErrors = [err146];
                                } else {
                                  vErrors.push(err146);
                                }
                                errors++;
                              }
                            }
                            if (data93.name !== undefined) {
                              if (typeof data93.name !== 'string') {
                                const err147 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/metrics/rules/' +
                                    i17 +
                                    '/labels/' +
                                    i18 +
                                    '/name',
                                  schemaPath:
                                    '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/properties/name/type',
                                  keyword: 'type',
                                  params: { type: 'string' },
                                  message: 'must be string',
                                };
                                if (vErrors === null) {
                                  vErrors = [err147];
                                } else {
                                  vErrors.push(err147);
                                }
                                errors++;
                              }
                            }
                            if (data93.regex !== undefined) {
                              let data95 = data93.regex;
                              if (data95 && typeof data95 == 'object' && !Array.isArray(data95)) {
                                for (const key29 in data95) {
                                  if (typeof data95[key29] !== 'string') {
                                    const err148 = {
                                      instancePath:
                                        instancePath +
                                        '/spec/metrics/rules/' +
                                        i17 +
                                        '/labels/' +
                                        i18 +
                                        '/regex/' +
                                        key29.replace(/~/g, '~0').replace(/\//g, '~1'),
                                      schemaPath:
                                        '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/properties/regex/additionalProperties/type',
                                      keyword: 'type',
                                      params: { type: 'string' },
                                      message: 'must be string',
                                    };
                                    if (vErrors === null) {
                                      vErrors = [err148];
                                    } else {
                                      vErrors.push(err148);
                                    }
                                    errors++;
                                  }
                                }
                              } else {
                                const err149 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/metrics/rules/' +
                                    i17 +
                                    '/labels/' +
                                    i18 +
                                    '/regex',
                                  schemaPath:
                                    '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/properties/regex/type',
                                  keyword: 'type',
                                  params: { type: 'object' },
                                  message: 'must be object',
                                };
                                if (vErrors === null) {
                                  vErrors = [err149];
                                } else {
                                  vErrors.push(err149);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err150 = {
                              instancePath:
                                instancePath + '/spec/metrics/rules/' + i17 + '/labels/' + i18,
                              schemaPath:
                                '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/items/type',
                              keyword: 'type',
                              params: { type: 'object' },
                              message: 'must be object',
                            };
                            if (vErrors === null) {
                              vErrors = [err150];
                            } else {
                              vErrors.push(err150);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err151 = {
                          instancePath: instancePath + '/spec/metrics/rules/' + i17 + '/labels',
                          schemaPath:
                            '#/properties/spec/properties/metrics/properties/rules/items/properties/labels/type',
                          keyword: 'type',
                          params: { type: 'array' },
                          message: 'must be array',
                        };
                        if (vErrors === null) {
                          vErrors = [err151];
                        } else {
                          vErrors.push(err151);
                        }
                        errors++;
                      }
                    }
                    if (data91.name !== undefined) {
                      if (typeof data91.name !== 'string') {
                        const err152 = {
                          instancePath: instancePath + '/spec/metrics/rules/' + i17 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/metrics/properties/rules/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err152];
                        } else {
                          vErrors.push(err152);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err153 = {
                      instancePath: instancePath + '/spec/metrics/rules/' + i17,
                      schemaPath:
                        '#/properties/spec/properties/metrics/properties/rules/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err153];
                    } else {
                      vErrors.push(err153);
                    }
                    errors++;
                  }
                }
              } else {
                const err154 = {
                  instancePath: instancePath + '/spec/metrics/rules',
                  schemaPath: '#/properties/spec/properties/metrics/properties/rules/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err154];
                } else {
                  vErrors.push(err154);
                }
                errors++;
              }
            }
          } else {
            const err155 = {
              instancePath: instancePath + '/spec/metrics',
              schemaPath: '#/properties/spec/properties/metrics/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err155];
            } else {
              vErrors.push(err155);
            }
            errors++;
          }
        }
        if (data3.mtls !== undefined) {
          let data98 = data3.mtls;
          if (data98 && typeof data98 == 'object' && !Array.isArray(data98)) {
            if (data98.controlPlaneTrustDomain === undefined) {
              const err156 = {
                instancePath: instancePath + '/spec/mtls',
                schemaPath: '#/properties/spec/properties/mtls/required',
                keyword: 'required',
                params: { missingProperty: 'controlPlaneTrustDomain' },
                message: "must have required property '" + 'controlPlaneTrustDomain' + "'",
              };
              if (vErrors === null) {
                vErrors = [err156];
              } else {
                vErrors.push(err156);
              }
              errors++;
            }
            if (data98.enabled === undefined) {
              const err157 = {
                instancePath: instancePath + '/spec/mtls',
                schemaPath: '#/properties/spec/properties/mtls/required',
                keyword: 'required',
                params: { missingProperty: 'enabled' },
                message: "must have required property '" + 'enabled' + "'",
              };
              if (vErrors === null) {
                vErrors = [err157];
              } else {
                vErrors.push(err157);
              }
              errors++;
            }
            if (data98.sentryAddress === undefined) {
              const err158 = {
                instancePath: instancePath + '/spec/mtls',
                schemaPath: '#/properties/spec/properties/mtls/required',
                keyword: 'required',
                params: { missingProperty: 'sentryAddress' },
                message: "must have required property '" + 'sentryAddress' + "'",
              };
              if (vErrors === null) {
                vErrors = [err158];
              } else {
                vErrors.push(err158);
              }
              errors++;
            }
            for (const key30 in data98) {
              if (!(
                key30 === 'allowedClockSkew' ||
                key30 === 'controlPlaneTrustDomain' ||
                key30 === 'enabled' ||
                key30 === 'sentryAddress' ||
                key30 === 'tokenValidators' ||
                key30 === 'workloadCertTTL'
              )) {
                const err159 = {
                  instancePath: instancePath + '/spec/mtls',
                  schemaPath: '#/properties/spec/properties/mtls/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key30 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err159];
                } else {
                  vErrors.push(err159);
                }
                errors++;
              }
            }
            if (data98.allowedClockSkew !== undefined) {
              if (typeof data98.allowedClockSkew !== 'string') {
                const err160 = {
                  instancePath: instancePath + '/spec/mtls/allowedClockSkew',
                  schemaPath: '#/properties/spec/properties/mtls/properties/allowedClockSkew/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err160];
                } else {
                  vErrors.push(err160);
                }
                errors++;
              }
            }
            if (data98.controlPlaneTrustDomain !== undefined) {
              if (typeof data98.controlPlaneTrustDomain !== 'string') {
                const err161 = {
                  instancePath: instancePath + '/spec/mtls/controlPlaneTrustDomain',
                  schemaPath:
                    '#/properties/spec/properties/mtls/properties/controlPlaneTrustDomain/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err161];
                } else {
                  vErrors.push(err161);
                }
                errors++;
              }
            }
            if (data98.enabled !== undefined) {
              if (typeof data98.enabled !== 'boolean') {
                const err162 = {
                  instancePath: instancePath + '/spec/mtls/enabled',
                  schemaPath: '#/properties/spec/properties/mtls/properties/enabled/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err162];
                } else {
                  vErrors.push(err162);
                }
                errors++;
              }
            }
            if (data98.sentryAddress !== undefined) {
              if (typeof data98.sentryAddress !== 'string') {
                const err163 = {
                  instancePath: instancePath + '/spec/mtls/sentryAddress',
                  schemaPath: '#/properties/spec/properties/mtls/properties/sentryAddress/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err163];
                } else {
                  vErrors.push(err163);
                }
                errors++;
              }
            }
            if (data98.tokenValidators !== undefined) {
              let data103 = data98.tokenValidators;
              if (Array.isArray(data103)) {
                const len19 = data103.length;
                for (let i19 = 0; i19 < len19; i19++) {
                  let data104 = data103[i19];
                  if (data104 && typeof data104 == 'object' && !Array.isArray(data104)) {
                    if (data104.name === undefined) {
                      const err164 = {
                        instancePath: instancePath + '/spec/mtls/tokenValidators/' + i19,
                        schemaPath:
                          '#/properties/spec/properties/mtls/properties/tokenValidators/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'name' },
                        message: "must have required property '" + 'name' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err164];
                      } else {
                        vErrors.push(err164);
                      }
                      errors++;
                    }
                    for (const key31 in data104) {
                      if (!(key31 === 'name' || key31 === 'options')) {
                        const err165 = {
                          instancePath: instancePath + '/spec/mtls/tokenValidators/' + i19,
                          schemaPath:
                            '#/properties/spec/properties/mtls/properties/tokenValidators/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key31 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err165];
                        } else {
                          vErrors.push(err165);
                        }
                        errors++;
                      }
                    }
                    if (data104.name !== undefined) {
                      let data105 = data104.name;
                      if (typeof data105 !== 'string') {
                        const err166 = {
                          instancePath:
                            instancePath + '/spec/mtls/tokenValidators/' + i19 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/mtls/properties/tokenValidators/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err166];
                        } else {
                          vErrors.push(err166);
                        }
                        errors++;
                      }
                      if (!(data105 === 'jwks')) {
                        const err167 = {
                          instancePath:
                            instancePath + '/spec/mtls/tokenValidators/' + i19 + '/name',
                          schemaPath:
                            '#/properties/spec/properties/mtls/properties/tokenValidators/items/properties/name/enum',
                          keyword: 'enum',
                          params: {
                            allowedValues:
                              schema12.properties.spec.properties.mtls.properties.tokenValidators
                                .items.properties.name.enum,
                          },
                          message: 'must be equal to one of the allowed values',
                        };
                        if (vErrors === null) {
                          vErrors = [err167];
                        } else {
                          vErrors.push(err167);
                        }
                        errors++;
                      }
                    }
                    if (data104.options !== undefined) {
                      let data106 = data104.options;
                      if (!(data106 && typeof data106 == 'object' && !Array.isArray(data106))) {
                        const err168 = {
                          instancePath:
                            instancePath + '/spec/mtls/tokenValidators/' + i19 + '/options',
                          schemaPath:
                            '#/properties/spec/properties/mtls/properties/tokenValidators/items/properties/options/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err168];
                        } else {
                          vErrors.push(err168);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err169 = {
                      instancePath: instancePath + '/spec/mtls/tokenValidators/' + i19,
                      schemaPath:
                        '#/properties/spec/properties/mtls/properties/tokenValidators/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err169];
                    } else {
                      vErrors.push(err169);
                    }
                    errors++;
                  }
                }
              } else {
                const err170 = {
                  instancePath: instancePath + '/spec/mtls/tokenValidators',
                  schemaPath: '#/properties/spec/properties/mtls/properties/tokenValidators/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err170];
                } else {
                  vErrors.push(err170);
                }
                errors++;
              }
            }
            if (data98.workloadCertTTL !== undefined) {
              if (typeof data98.workloadCertTTL !== 'string') {
                const err171 = {
                  instancePath: instancePath + '/spec/mtls/workloadCertTTL',
                  schemaPath: '#/properties/spec/properties/mtls/properties/workloadCertTTL/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err171];
                } else {
                  vErrors.push(err171);
                }
                errors++;
              }
            }
          } else {
            const err172 = {
              instancePath: instancePath + '/spec/mtls',
              schemaPath: '#/properties/spec/properties/mtls/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err172];
            } else {
              vErrors.push(err172);
            }
            errors++;
          }
        }
        if (data3.nameResolution !== undefined) {
          let data108 = data3.nameResolution;
          if (data108 && typeof data108 == 'object' && !Array.isArray(data108)) {
            if (data108.component === undefined) {
              const err173 = {
                instancePath: instancePath + '/spec/nameResolution',
                schemaPath: '#/properties/spec/properties/nameResolution/required',
                keyword: 'required',
                params: { missingProperty: 'component' },
                message: "must have required property '" + 'component' + "'",
              };
              if (vErrors === null) {
                vErrors = [err173];
              } else {
                vErrors.push(err173);
              }
              errors++;
            }
            if (data108.configuration === undefined) {
              const err174 = {
                instancePath: instancePath + '/spec/nameResolution',
                schemaPath: '#/properties/spec/properties/nameResolution/required',
                keyword: 'required',
                params: { missingProperty: 'configuration' },
                message: "must have required property '" + 'configuration' + "'",
              };
              if (vErrors === null) {
                vErrors = [err174];
              } else {
                vErrors.push(err174);
              }
              errors++;
            }
            if (data108.version === undefined) {
              const err175 = {
                instancePath: instancePath + '/spec/nameResolution',
                schemaPath: '#/properties/spec/properties/nameResolution/required',
                keyword: 'required',
                params: { missingProperty: 'version' },
                message: "must have required property '" + 'version' + "'",
              };
              if (vErrors === null) {
                vErrors = [err175];
              } else {
                vErrors.push(err175);
              }
              errors++;
            }
            for (const key32 in data108) {
              if (!(key32 === 'component' || key32 === 'configuration' || key32 === 'version')) {
                const err176 = {
                  instancePath: instancePath + '/spec/nameResolution',
                  schemaPath: '#/properties/spec/properties/nameResolution/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key32 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err176];
                } else {
                  vErrors.push(err176);
                }
                errors++;
              }
            }
            if (data108.component !== undefined) {
              if (typeof data108.component !== 'string') {
                const err177 = {
                  instancePath: instancePath + '/spec/nameResolution/component',
                  schemaPath:
                    '#/properties/spec/properties/nameResolution/properties/component/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err177];
                } else {
                  vErrors.push(err177);
                }
                errors++;
              }
            }
            if (data108.configuration !== undefined) {
              let data110 = data108.configuration;
              if (!(data110 && typeof data110 == 'object' && !Array.isArray(data110))) {
                const err178 = {
                  instancePath: instancePath + '/spec/nameResolution/configuration',
                  schemaPath:
                    '#/properties/spec/properties/nameResolution/properties/configuration/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err178];
                } else {
                  vErrors.push(err178);
                }
                errors++;
              }
            }
            if (data108.version !== undefined) {
              if (typeof data108.version !== 'string') {
                const err179 = {
                  instancePath: instancePath + '/spec/nameResolution/version',
                  schemaPath: '#/properties/spec/properties/nameResolution/properties/version/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err179];
                } else {
                  vErrors.push(err179);
                }
                errors++;
              }
            }
          } else {
            const err180 = {
              instancePath: instancePath + '/spec/nameResolution',
              schemaPath: '#/properties/spec/properties/nameResolution/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err180];
            } else {
              vErrors.push(err180);
            }
            errors++;
          }
        }
        if (data3.secrets !== undefined) {
          let data112 = data3.secrets;
          if (data112 && typeof data112 == 'object' && !Array.isArray(data112)) {
            if (data112.scopes === undefined) {
              const err181 = {
                instancePath: instancePath + '/spec/secrets',
                schemaPath: '#/properties/spec/properties/secrets/required',
                keyword: 'required',
                params: { missingProperty: 'scopes' },
                message: "must have required property '" + 'scopes' + "'",
              };
              if (vErrors === null) {
                vErrors = [err181];
              } else {
                vErrors.push(err181);
              }
              errors++;
            }
            for (const key33 in data112) {
              if (!(key33 === 'scopes')) {
                const err182 = {
                  instancePath: instancePath + '/spec/secrets',
                  schemaPath: '#/properties/spec/properties/secrets/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key33 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err182];
                } else {
                  vErrors.push(err182);
                }
                errors++;
              }
            }
            if (data112.scopes !== undefined) {
              let data113 = data112.scopes;
              if (Array.isArray(data113)) {
                const len20 = data113.length;
                for (let i20 = 0; i20 < len20; i20++) {
                  let data114 = data113[i20];
                  if (data114 && typeof data114 == 'object' && !Array.isArray(data114)) {
                    if (data114.storeName === undefined) {
                      const err183 = {
                        instancePath: instancePath + '/spec/secrets/scopes/' + i20,
                        schemaPath:
                          '#/properties/spec/properties/secrets/properties/scopes/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'storeName' },
                        message: "must have required property '" + 'storeName' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err183];
                      } else {
                        vErrors.push(err183);
                      }
                      errors++;
                    }
                    for (const key34 in data114) {
                      if (!(
                        key34 === 'allowedSecrets' ||
                        key34 === 'defaultAccess' ||
                        key34 === 'deniedSecrets' ||
                        key34 === 'storeName'
                      )) {
                        const err184 = {
                          instancePath: instancePath + '/spec/secrets/scopes/' + i20,
                          schemaPath:
                            '#/properties/spec/properties/secrets/properties/scopes/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key34 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err184];
                        } else {
                          vErrors.push(err184);
                        }
                        errors++;
                      }
                    }
                    if (data114.allowedSecrets !== undefined) {
                      let data115 = data114.allowedSecrets;
                      if (Array.isArray(data115)) {
                        const len21 = data115.length;
                        for (let i21 = 0; i21 < len21; i21++) {
                          if (typeof data115[i21] !== 'string') {
                            const err185 = {
                              instancePath:
                                instancePath +
                                '/spec/secrets/scopes/' +
                                i20 +
                                '/allowedSecrets/' +
                                i21,
                              schemaPath:
                                '#/properties/spec/properties/secrets/properties/scopes/items/properties/allowedSecrets/items/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err185];
                            } else {
                              vErrors.push(err185);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err186 = {
                          instancePath:
                            instancePath + '/spec/secrets/scopes/' + i20 + '/allowedSecrets',
                          schemaPath:
                            '#/properties/spec/properties/secrets/properties/scopes/items/properties/allowedSecrets/type',
                          keyword: 'type',
                          params: { type: 'array' },
                          message: 'must be array',
                        };
                        if (vErrors === null) {
                          vErrors = [err186];
                        } else {
                          vErrors.push(err186);
                        }
                        errors++;
                      }
                    }
                    if (data114.defaultAccess !== undefined) {
                      if (typeof data114.defaultAccess !== 'string') {
                        const err187 = {
                          instancePath:
                            instancePath + '/spec/secrets/scopes/' + i20 + '/defaultAccess',
                          schemaPath:
                            '#/properties/spec/properties/secrets/properties/scopes/items/properties/defaultAccess/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err187];
                        } else {
                          vErrors.push(err187);
                        }
                        errors++;
                      }
                    }
                    if (data114.deniedSecrets !== undefined) {
                      let data118 = data114.deniedSecrets;
                      if (Array.isArray(data118)) {
                        const len22 = data118.length;
                        for (let i22 = 0; i22 < len22; i22++) {
                          if (typeof data118[i22] !== 'string') {
                            const err188 = {
                              instancePath:
                                instancePath +
                                '/spec/secrets/scopes/' +
                                i20 +
                                '/deniedSecrets/' +
                                i22,
                              schemaPath:
                                '#/properties/spec/properties/secrets/properties/scopes/items/properties/deniedSecrets/items/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err188];
                            } else {
                              vErrors.push(err188);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err189 = {
                          instancePath:
                            instancePath + '/spec/secrets/scopes/' + i20 + '/deniedSecrets',
                          schemaPath:
                            '#/properties/spec/properties/secrets/properties/scopes/items/properties/deniedSecrets/type',
                          keyword: 'type',
                          params: { type: 'array' },
                          message: 'must be array',
                        };
                        if (vErrors === null) {
                          vErrors = [err189];
                        } else {
                          vErrors.push(err189);
                        }
                        errors++;
                      }
                    }
                    if (data114.storeName !== undefined) {
                      if (typeof data114.storeName !== 'string') {
                        const err190 = {
                          instancePath: instancePath + '/spec/secrets/scopes/' + i20 + '/storeName',
                          schemaPath:
                            '#/properties/spec/properties/secrets/properties/scopes/items/properties/storeName/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err190];
                        } else {
                          vErrors.push(err190);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err191 = {
                      instancePath: instancePath + '/spec/secrets/scopes/' + i20,
                      schemaPath:
                        '#/properties/spec/properties/secrets/properties/scopes/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err191];
                    } else {
                      vErrors.push(err191);
                    }
                    errors++;
                  }
                }
              } else {
                const err192 = {
                  instancePath: instancePath + '/spec/secrets/scopes',
                  schemaPath: '#/properties/spec/properties/secrets/properties/scopes/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err192];
                } else {
                  vErrors.push(err192);
                }
                errors++;
              }
            }
          } else {
            const err193 = {
              instancePath: instancePath + '/spec/secrets',
              schemaPath: '#/properties/spec/properties/secrets/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err193];
            } else {
              vErrors.push(err193);
            }
            errors++;
          }
        }
        if (data3.tracing !== undefined) {
          let data121 = data3.tracing;
          if (data121 && typeof data121 == 'object' && !Array.isArray(data121)) {
            if (data121.samplingRate === undefined) {
              const err194 = {
                instancePath: instancePath + '/spec/tracing',
                schemaPath: '#/properties/spec/properties/tracing/required',
                keyword: 'required',
                params: { missingProperty: 'samplingRate' },
                message: "must have required property '" + 'samplingRate' + "'",
              };
              if (vErrors === null) {
                vErrors = [err194];
              } else {
                vErrors.push(err194);
              }
              errors++;
            }
            for (const key35 in data121) {
              if (!(
                key35 === 'otel' ||
                key35 === 'samplingRate' ||
                key35 === 'stdout' ||
                key35 === 'zipkin'
              )) {
                const err195 = {
                  instancePath: instancePath + '/spec/tracing',
                  schemaPath: '#/properties/spec/properties/tracing/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key35 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err195];
                } else {
                  vErrors.push(err195);
                }
                errors++;
              }
            }
            if (data121.otel !== undefined) {
              let data122 = data121.otel;
              if (data122 && typeof data122 == 'object' && !Array.isArray(data122)) {
                if (data122.endpointAddress === undefined) {
                  const err196 = {
                    instancePath: instancePath + '/spec/tracing/otel',
                    schemaPath: '#/properties/spec/properties/tracing/properties/otel/required',
                    keyword: 'required',
                    params: { missingProperty: 'endpointAddress' },
                    message: "must have required property '" + 'endpointAddress' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err196];
                  } else {
                    vErrors.push(err196);
                  }
                  errors++;
                }
                if (data122.isSecure === undefined) {
                  const err197 = {
                    instancePath: instancePath + '/spec/tracing/otel',
                    schemaPath: '#/properties/spec/properties/tracing/properties/otel/required',
                    keyword: 'required',
                    params: { missingProperty: 'isSecure' },
                    message: "must have required property '" + 'isSecure' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err197];
                  } else {
                    vErrors.push(err197);
                  }
                  errors++;
                }
                if (data122.protocol === undefined) {
                  const err198 = {
                    instancePath: instancePath + '/spec/tracing/otel',
                    schemaPath: '#/properties/spec/properties/tracing/properties/otel/required',
                    keyword: 'required',
                    params: { missingProperty: 'protocol' },
                    message: "must have required property '" + 'protocol' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err198];
                  } else {
                    vErrors.push(err198);
                  }
                  errors++;
                }
                for (const key36 in data122) {
                  if (!(
                    key36 === 'endpointAddress' ||
                    key36 === 'headers' ||
                    key36 === 'isSecure' ||
                    key36 === 'protocol' ||
                    key36 === 'timeout'
                  )) {
                    const err199 = {
                      instancePath: instancePath + '/spec/tracing/otel',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/otel/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key36 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err199];
                    } else {
                      vErrors.push(err199);
                    }
                    errors++;
                  }
                }
                if (data122.endpointAddress !== undefined) {
                  if (typeof data122.endpointAddress !== 'string') {
                    const err200 = {
                      instancePath: instancePath + '/spec/tracing/otel/endpointAddress',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/otel/properties/endpointAddress/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err200];
                    } else {
                      vErrors.push(err200);
                    }
                    errors++;
                  }
                }
                if (data122.headers !== undefined) {
                  let data124 = data122.headers;
                  if (Array.isArray(data124)) {
                    const len23 = data124.length;
                    for (let i23 = 0; i23 < len23; i23++) {
                      let data125 = data124[i23];
                      if (data125 && typeof data125 == 'object' && !Array.isArray(data125)) {
                        if (data125.name === undefined) {
                          const err201 = {
                            instancePath: instancePath + '/spec/tracing/otel/headers/' + i23,
                            schemaPath:
                              '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/required',
                            keyword: 'required',
                            params: { missingProperty: 'name' },
                            message: "must have required property '" + 'name' + "'",
                          };
                          if (vErrors === null) {
                            vErrors = [err201];
                          } else {
                            vErrors.push(err201);
                          }
                          errors++;
                        }
                        for (const key37 in data125) {
                          if (!(
                            key37 === 'envRef' ||
                            key37 === 'name' ||
                            key37 === 'secretKeyRef' ||
                            key37 === 'value'
                          )) {
                            const err202 = {
                              instancePath: instancePath + '/spec/tracing/otel/headers/' + i23,
                              schemaPath:
                                '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/additionalProperties',
                              keyword: 'additionalProperties',
                              params: { additionalProperty: key37 },
                              message: 'must NOT have additional properties',
                            };
                            if (vErrors === null) {
                              vErrors = [err202];
                            } else {
                              vErrors.push(err202);
                            }
                            errors++;
                          }
                        }
                        if (data125.envRef !== undefined) {
                          if (typeof data125.envRef !== 'string') {
                            const err203 = {
                              instancePath:
                                instancePath + '/spec/tracing/otel/headers/' + i23 + '/envRef',
                              schemaPath:
                                '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/envRef/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err203];
                            } else {
                              vErrors.push(err203);
                            }
                            errors++;
                          }
                        }
                        if (data125.name !== undefined) {
                          if (typeof data125.name !== 'string') {
                            const err204 = {
                              instancePath:
                                instancePath + '/spec/tracing/otel/headers/' + i23 + '/name',
                              schemaPath:
                                '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/name/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err204];
                            } else {
                              vErrors.push(err204);
                            }
                            errors++;
                          }
                        }
                        if (data125.secretKeyRef !== undefined) {
                          let data128 = data125.secretKeyRef;
                          if (data128 && typeof data128 == 'object' && !Array.isArray(data128)) {
                            if (data128.name === undefined) {
                              const err205 = {
                                instancePath:
                                  instancePath +
                                  '/spec/tracing/otel/headers/' +
                                  i23 +
                                  '/secretKeyRef',
                                schemaPath:
                                  '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/secretKeyRef/required',
                                keyword: 'required',
                                params: { missingProperty: 'name' },
                                message: "must have required property '" + 'name' + "'",
                              };
                              if (vErrors === null) {
                                vErrors = [err205];
                              } else {
                                vErrors.push(err205);
                              }
                              errors++;
                            }
                            for (const key38 in data128) {
                              if (!(key38 === 'key' || key38 === 'name')) {
                                const err206 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/tracing/otel/headers/' +
                                    i23 +
                                    '/secretKeyRef',
                                  schemaPath:
                                    '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/secretKeyRef/additionalProperties',
                                  keyword: 'additionalProperties',
                                  params: { additionalProperty: key38 },
                                  message: 'must NOT have additional properties',
                                };
                                if (vErrors === null) {
                                  vErrors = [err206];
                                } else {
                                  vErrors.push(err206);
                                }
                                errors++;
                              }
                            }
                            if (data128.key !== undefined) {
                              if (typeof data128.key !== 'string') {
                                const err207 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/tracing/otel/headers/' +
                                    i23 +
                                    '/secretKeyRef/key',
                                  schemaPath:
                                    '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/secretKeyRef/properties/key/type',
                                  keyword: 'type',
                                  params: { type: 'string' },
                                  message: 'must be string',
                                };
                                if (vErrors === null) {
                                  vErrors = [err207];
                                } else {
                                  vErrors.push(err207);
                                }
                                errors++;
                              }
                            }
                            if (data128.name !== undefined) {
                              if (typeof data128.name !== 'string') {
                                const err208 = {
                                  instancePath:
                                    instancePath +
                                    '/spec/tracing/otel/headers/' +
                                    i23 +
                                    '/secretKeyRef/name',
                                  schemaPath:
                                    '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/secretKeyRef/properties/name/type',
                                  keyword: 'type',
                                  params: { type: 'string' },
                                  message: 'must be string',
                                };
                                if (vErrors === null) {
                                  vErrors = [err208];
                                } else {
                                  vErrors.push(err208);
                                }
                                errors++;
                              }
                            }
                          } else {
                            const err209 = {
                              instancePath:
                                instancePath +
                                '/spec/tracing/otel/headers/' +
                                i23 +
                                '/secretKeyRef',
                              schemaPath:
                                '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/properties/secretKeyRef/type',
                              keyword: 'type',
                              params: { type: 'object' },
                              message: 'must be object',
                            };
                            if (vErrors === null) {
                              vErrors = [err209];
                            } else {
                              vErrors.push(err209);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err210 = {
                          instancePath: instancePath + '/spec/tracing/otel/headers/' + i23,
                          schemaPath:
                            '#/properties/spec/properties/tracing/properties/otel/properties/headers/items/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err210];
                        } else {
                          vErrors.push(err210);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err211 = {
                      instancePath: instancePath + '/spec/tracing/otel/headers',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/otel/properties/headers/type',
                      keyword: 'type',
                      params: { type: 'array' },
                      message: 'must be array',
                    };
                    if (vErrors === null) {
                      vErrors = [err211];
                    } else {
                      vErrors.push(err211);
                    }
                    errors++;
                  }
                }
                if (data122.isSecure !== undefined) {
                  if (typeof data122.isSecure !== 'boolean') {
                    const err212 = {
                      instancePath: instancePath + '/spec/tracing/otel/isSecure',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/otel/properties/isSecure/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err212];
                    } else {
                      vErrors.push(err212);
                    }
                    errors++;
                  }
                }
                if (data122.protocol !== undefined) {
                  if (typeof data122.protocol !== 'string') {
                    const err213 = {
                      instancePath: instancePath + '/spec/tracing/otel/protocol',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/otel/properties/protocol/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err213];
                    } else {
                      vErrors.push(err213);
                    }
                    errors++;
                  }
                }
                if (data122.timeout !== undefined) {
                  if (typeof data122.timeout !== 'string') {
                    const err214 = {
                      instancePath: instancePath + '/spec/tracing/otel/timeout',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/otel/properties/timeout/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err214];
                    } else {
                      vErrors.push(err214);
                    }
                    errors++;
                  }
                }
              } else {
                const err215 = {
                  instancePath: instancePath + '/spec/tracing/otel',
                  schemaPath: '#/properties/spec/properties/tracing/properties/otel/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err215];
                } else {
                  vErrors.push(err215);
                }
                errors++;
              }
            }
            if (data121.samplingRate !== undefined) {
              if (typeof data121.samplingRate !== 'string') {
                const err216 = {
                  instancePath: instancePath + '/spec/tracing/samplingRate',
                  schemaPath: '#/properties/spec/properties/tracing/properties/samplingRate/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err216];
                } else {
                  vErrors.push(err216);
                }
                errors++;
              }
            }
            if (data121.stdout !== undefined) {
              if (typeof data121.stdout !== 'boolean') {
                const err217 = {
                  instancePath: instancePath + '/spec/tracing/stdout',
                  schemaPath: '#/properties/spec/properties/tracing/properties/stdout/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err217];
                } else {
                  vErrors.push(err217);
                }
                errors++;
              }
            }
            if (data121.zipkin !== undefined) {
              let data136 = data121.zipkin;
              if (data136 && typeof data136 == 'object' && !Array.isArray(data136)) {
                if (data136.endpointAddress === undefined) {
                  const err218 = {
                    instancePath: instancePath + '/spec/tracing/zipkin',
                    schemaPath: '#/properties/spec/properties/tracing/properties/zipkin/required',
                    keyword: 'required',
                    params: { missingProperty: 'endpointAddress' },
                    message: "must have required property '" + 'endpointAddress' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err218];
                  } else {
                    vErrors.push(err218);
                  }
                  errors++;
                }
                for (const key39 in data136) {
                  if (!(key39 === 'endpointAddress')) {
                    const err219 = {
                      instancePath: instancePath + '/spec/tracing/zipkin',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/zipkin/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key39 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err219];
                    } else {
                      vErrors.push(err219);
                    }
                    errors++;
                  }
                }
                if (data136.endpointAddress !== undefined) {
                  if (typeof data136.endpointAddress !== 'string') {
                    const err220 = {
                      instancePath: instancePath + '/spec/tracing/zipkin/endpointAddress',
                      schemaPath:
                        '#/properties/spec/properties/tracing/properties/zipkin/properties/endpointAddress/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err220];
                    } else {
                      vErrors.push(err220);
                    }
                    errors++;
                  }
                }
              } else {
                const err221 = {
                  instancePath: instancePath + '/spec/tracing/zipkin',
                  schemaPath: '#/properties/spec/properties/tracing/properties/zipkin/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err221];
                } else {
                  vErrors.push(err221);
                }
                errors++;
              }
            }
          } else {
            const err222 = {
              instancePath: instancePath + '/spec/tracing',
              schemaPath: '#/properties/spec/properties/tracing/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err222];
            } else {
              vErrors.push(err222);
            }
            errors++;
          }
        }
        if (data3.wasm !== undefined) {
          let data138 = data3.wasm;
          if (data138 && typeof data138 == 'object' && !Array.isArray(data138)) {
            for (const key40 in data138) {
              if (!(key40 === 'strictSandbox')) {
                const err223 = {
                  instancePath: instancePath + '/spec/wasm',
                  schemaPath: '#/properties/spec/properties/wasm/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key40 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err223];
                } else {
                  vErrors.push(err223);
                }
                errors++;
              }
            }
            if (data138.strictSandbox !== undefined) {
              if (typeof data138.strictSandbox !== 'boolean') {
                const err224 = {
                  instancePath: instancePath + '/spec/wasm/strictSandbox',
                  schemaPath: '#/properties/spec/properties/wasm/properties/strictSandbox/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err224];
                } else {
                  vErrors.push(err224);
                }
                errors++;
              }
            }
          } else {
            const err225 = {
              instancePath: instancePath + '/spec/wasm',
              schemaPath: '#/properties/spec/properties/wasm/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err225];
            } else {
              vErrors.push(err225);
            }
            errors++;
          }
        }
        if (data3.workflow !== undefined) {
          let data140 = data3.workflow;
          if (data140 && typeof data140 == 'object' && !Array.isArray(data140)) {
            for (const key41 in data140) {
              if (!(
                key41 === 'activityConcurrencyLimits' ||
                key41 === 'globalMaxConcurrentActivityInvocations' ||
                key41 === 'globalMaxConcurrentWorkflowInvocations' ||
                key41 === 'maxConcurrentActivityInvocations' ||
                key41 === 'maxConcurrentWorkflowInvocations' ||
                key41 === 'stateRetentionPolicy' ||
                key41 === 'workflowConcurrencyLimits'
              )) {
                const err226 = {
                  instancePath: instancePath + '/spec/workflow',
                  schemaPath: '#/properties/spec/properties/workflow/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key41 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err226];
                } else {
                  vErrors.push(err226);
                }
                errors++;
              }
            }
            if (data140.activityConcurrencyLimits !== undefined) {
              let data141 = data140.activityConcurrencyLimits;
              if (Array.isArray(data141)) {
                const len24 = data141.length;
                for (let i24 = 0; i24 < len24; i24++) {
                  let data142 = data141[i24];
                  if (data142 && typeof data142 == 'object' && !Array.isArray(data142)) {
                    for (const key42 in data142) {
                      if (!(key42 === 'maxConcurrent' || key42 === 'name')) {
                        const err227 = {
                          instancePath:
                            instancePath + '/spec/workflow/activityConcurrencyLimits/' + i24,
                          schemaPath:
                            '#/properties/spec/properties/workflow/properties/activityConcurrencyLimits/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key42 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err227];
                        } else {
                          vErrors.push(err227);
                        }
                        errors++;
                      }
                    }
                    if (data142.maxConcurrent !== undefined) {
                      let data143 = data142.maxConcurrent;
                      if (!(typeof data143 == 'number' && !(data143 % 1) && !isNaN(data143))) {
                        const err228 = {
                          instancePath:
                            instancePath +
                            '/spec/workflow/activityConcurrencyLimits/' +
                            i24 +
                            '/maxConcurrent',
                          schemaPath:
                            '#/properties/spec/properties/workflow/properties/activityConcurrencyLimits/items/properties/maxConcurrent/type',
                          keyword: 'type',
                          params: { type: 'integer' },
                          message: 'must be integer',
                        };
                        if (vErrors === null) {
                          vErrors = [err228];
                        } else {
                          vErrors.push(err228);
                        }
                        errors++;
                      }
                    }
                    if (data142.name !== undefined) {
                      if (typeof data142.name !== 'string') {
                        const err229 = {
                          instancePath:
                            instancePath +
                            '/spec/workflow/activityConcurrencyLimits/' +
                            i24 +
                            '/name',
                          schemaPath:
                            '#/properties/spec/properties/workflow/properties/activityConcurrencyLimits/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err229];
                        } else {
                          vErrors.push(err229);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err230 = {
                      instancePath:
                        instancePath + '/spec/workflow/activityConcurrencyLimits/' + i24,
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/activityConcurrencyLimits/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err230];
                    } else {
                      vErrors.push(err230);
                    }
                    errors++;
                  }
                }
              } else {
                const err231 = {
                  instancePath: instancePath + '/spec/workflow/activityConcurrencyLimits',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/activityConcurrencyLimits/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err231];
                } else {
                  vErrors.push(err231);
                }
                errors++;
              }
            }
            if (data140.globalMaxConcurrentActivityInvocations !== undefined) {
              let data145 = data140.globalMaxConcurrentActivityInvocations;
              if (!(typeof data145 == 'number' && !(data145 % 1) && !isNaN(data145))) {
                const err232 = {
                  instancePath:
                    instancePath + '/spec/workflow/globalMaxConcurrentActivityInvocations',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/globalMaxConcurrentActivityInvocations/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err232];
                } else {
                  vErrors.push(err232);
                }
                errors++;
              }
            }
            if (data140.globalMaxConcurrentWorkflowInvocations !== undefined) {
              let data146 = data140.globalMaxConcurrentWorkflowInvocations;
              if (!(typeof data146 == 'number' && !(data146 % 1) && !isNaN(data146))) {
                const err233 = {
                  instancePath:
                    instancePath + '/spec/workflow/globalMaxConcurrentWorkflowInvocations',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/globalMaxConcurrentWorkflowInvocations/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err233];
                } else {
                  vErrors.push(err233);
                }
                errors++;
              }
            }
            if (data140.maxConcurrentActivityInvocations !== undefined) {
              let data147 = data140.maxConcurrentActivityInvocations;
              if (!(typeof data147 == 'number' && !(data147 % 1) && !isNaN(data147))) {
                const err234 = {
                  instancePath: instancePath + '/spec/workflow/maxConcurrentActivityInvocations',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/maxConcurrentActivityInvocations/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err234];
                } else {
                  vErrors.push(err234);
                }
                errors++;
              }
            }
            if (data140.maxConcurrentWorkflowInvocations !== undefined) {
              let data148 = data140.maxConcurrentWorkflowInvocations;
              if (!(typeof data148 == 'number' && !(data148 % 1) && !isNaN(data148))) {
                const err235 = {
                  instancePath: instancePath + '/spec/workflow/maxConcurrentWorkflowInvocations',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/maxConcurrentWorkflowInvocations/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err235];
                } else {
                  vErrors.push(err235);
                }
                errors++;
              }
            }
            if (data140.stateRetentionPolicy !== undefined) {
              let data149 = data140.stateRetentionPolicy;
              if (data149 && typeof data149 == 'object' && !Array.isArray(data149)) {
                for (const key43 in data149) {
                  if (!(
                    key43 === 'anyTerminal' ||
                    key43 === 'completed' ||
                    key43 === 'failed' ||
                    key43 === 'terminated'
                  )) {
                    const err236 = {
                      instancePath: instancePath + '/spec/workflow/stateRetentionPolicy',
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/stateRetentionPolicy/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key43 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err236];
                    } else {
                      vErrors.push(err236);
                    }
                    errors++;
                  }
                }
                if (data149.anyTerminal !== undefined) {
                  if (typeof data149.anyTerminal !== 'string') {
                    const err237 = {
                      instancePath:
                        instancePath + '/spec/workflow/stateRetentionPolicy/anyTerminal',
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/stateRetentionPolicy/properties/anyTerminal/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err237];
                    } else {
                      vErrors.push(err237);
                    }
                    errors++;
                  }
                }
                if (data149.completed !== undefined) {
                  if (typeof data149.completed !== 'string') {
                    const err238 = {
                      instancePath: instancePath + '/spec/workflow/stateRetentionPolicy/completed',
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/stateRetentionPolicy/properties/completed/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err238];
                    } else {
                      vErrors.push(err238);
                    }
                    errors++;
                  }
                }
                if (data149.failed !== undefined) {
                  if (typeof data149.failed !== 'string') {
                    const err239 = {
                      instancePath: instancePath + '/spec/workflow/stateRetentionPolicy/failed',
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/stateRetentionPolicy/properties/failed/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err239];
                    } else {
                      vErrors.push(err239);
                    }
                    errors++;
                  }
                }
                if (data149.terminated !== undefined) {
                  if (typeof data149.terminated !== 'string') {
                    const err240 = {
                      instancePath: instancePath + '/spec/workflow/stateRetentionPolicy/terminated',
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/stateRetentionPolicy/properties/terminated/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err240];
                    } else {
                      vErrors.push(err240);
                    }
                    errors++;
                  }
                }
              } else {
                const err241 = {
                  instancePath: instancePath + '/spec/workflow/stateRetentionPolicy',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/stateRetentionPolicy/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err241];
                } else {
                  vErrors.push(err241);
                }
                errors++;
              }
            }
            if (data140.workflowConcurrencyLimits !== undefined) {
              let data154 = data140.workflowConcurrencyLimits;
              if (Array.isArray(data154)) {
                const len25 = data154.length;
                for (let i25 = 0; i25 < len25; i25++) {
                  let data155 = data154[i25];
                  if (data155 && typeof data155 == 'object' && !Array.isArray(data155)) {
                    for (const key44 in data155) {
                      if (!(key44 === 'maxConcurrent' || key44 === 'name')) {
                        const err242 = {
                          instancePath:
                            instancePath + '/spec/workflow/workflowConcurrencyLimits/' + i25,
                          schemaPath:
                            '#/properties/spec/properties/workflow/properties/workflowConcurrencyLimits/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key44 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err242];
                        } else {
                          vErrors.push(err242);
                        }
                        errors++;
                      }
                    }
                    if (data155.maxConcurrent !== undefined) {
                      let data156 = data155.maxConcurrent;
                      if (!(typeof data156 == 'number' && !(data156 % 1) && !isNaN(data156))) {
                        const err243 = {
                          instancePath:
                            instancePath +
                            '/spec/workflow/workflowConcurrencyLimits/' +
                            i25 +
                            '/maxConcurrent',
                          schemaPath:
                            '#/properties/spec/properties/workflow/properties/workflowConcurrencyLimits/items/properties/maxConcurrent/type',
                          keyword: 'type',
                          params: { type: 'integer' },
                          message: 'must be integer',
                        };
                        if (vErrors === null) {
                          vErrors = [err243];
                        } else {
                          vErrors.push(err243);
                        }
                        errors++;
                      }
                    }
                    if (data155.name !== undefined) {
                      if (typeof data155.name !== 'string') {
                        const err244 = {
                          instancePath:
                            instancePath +
                            '/spec/workflow/workflowConcurrencyLimits/' +
                            i25 +
                            '/name',
                          schemaPath:
                            '#/properties/spec/properties/workflow/properties/workflowConcurrencyLimits/items/properties/name/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err244];
                        } else {
                          vErrors.push(err244);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err245 = {
                      instancePath:
                        instancePath + '/spec/workflow/workflowConcurrencyLimits/' + i25,
                      schemaPath:
                        '#/properties/spec/properties/workflow/properties/workflowConcurrencyLimits/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err245];
                    } else {
                      vErrors.push(err245);
                    }
                    errors++;
                  }
                }
              } else {
                const err246 = {
                  instancePath: instancePath + '/spec/workflow/workflowConcurrencyLimits',
                  schemaPath:
                    '#/properties/spec/properties/workflow/properties/workflowConcurrencyLimits/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err246];
                } else {
                  vErrors.push(err246);
                }
                errors++;
              }
            }
          } else {
            const err247 = {
              instancePath: instancePath + '/spec/workflow',
              schemaPath: '#/properties/spec/properties/workflow/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err247];
            } else {
              vErrors.push(err247);
            }
            errors++;
          }
        }
      } else {
        const err248 = {
          instancePath: instancePath + '/spec',
          schemaPath: '#/properties/spec/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err248];
        } else {
          vErrors.push(err248);
        }
        errors++;
      }
    }
  } else {
    const err249 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err249];
    } else {
      vErrors.push(err249);
    }
    errors++;
  }
  validate11.errors = vErrors;
  return errors === 0;
}

export const validateResiliencyv1alpha1 = validate12;
const schema13 = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    scopes: { type: 'array', items: { type: 'string' } },
    spec: {
      required: ['policies', 'targets'],
      type: 'object',
      properties: {
        policies: {
          type: 'object',
          properties: {
            circuitBreakers: {
              type: 'object',
              additionalProperties: {
                type: 'object',
                properties: {
                  interval: { type: 'string' },
                  maxRequests: { type: 'integer' },
                  timeout: { type: 'string' },
                  trip: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            retries: {
              type: 'object',
              additionalProperties: {
                type: 'object',
                properties: {
                  duration: { type: 'string' },
                  matching: {
                    type: 'object',
                    properties: {
                      gRPCStatusCodes: { type: 'string' },
                      httpStatusCodes: { type: 'string' },
                    },
                    additionalProperties: false,
                  },
                  maxInterval: { type: 'string' },
                  maxRetries: { type: 'integer' },
                  policy: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            timeouts: { type: 'object', additionalProperties: { type: 'string' } },
          },
          additionalProperties: false,
        },
        targets: {
          type: 'object',
          properties: {
            actors: {
              type: 'object',
              additionalProperties: {
                type: 'object',
                properties: {
                  circuitBreaker: { type: 'string' },
                  circuitBreakerCacheSize: { type: 'integer' },
                  circuitBreakerScope: { type: 'string' },
                  retry: { type: 'string' },
                  timeout: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            apps: {
              type: 'object',
              additionalProperties: {
                type: 'object',
                properties: {
                  circuitBreaker: { type: 'string' },
                  circuitBreakerCacheSize: { type: 'integer' },
                  retry: { type: 'string' },
                  timeout: { type: 'string' },
                },
                additionalProperties: false,
              },
            },
            components: {
              type: 'object',
              additionalProperties: {
                type: 'object',
                properties: {
                  inbound: {
                    type: 'object',
                    properties: {
                      circuitBreaker: { type: 'string' },
                      retry: { type: 'string' },
                      timeout: { type: 'string' },
                    },
                    additionalProperties: false,
                  },
                  outbound: {
                    type: 'object',
                    properties: {
                      circuitBreaker: { type: 'string' },
                      retry: { type: 'string' },
                      timeout: { type: 'string' },
                    },
                    additionalProperties: false,
                  },
                },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

function validate12(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data } = {},
) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(
        key0 === 'apiVersion' ||
        key0 === 'kind' ||
        key0 === 'metadata' ||
        key0 === 'scopes' ||
        key0 === 'spec'
      )) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.apiVersion !== undefined) {
      if (typeof data.apiVersion !== 'string') {
        const err1 = {
          instancePath: instancePath + '/apiVersion',
          schemaPath: '#/properties/apiVersion/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== undefined) {
      if (typeof data.kind !== 'string') {
        const err2 = {
          instancePath: instancePath + '/kind',
          schemaPath: '#/properties/kind/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data2 = data.metadata;
      if (!(data2 && typeof data2 == 'object' && !Array.isArray(data2))) {
        const err3 = {
          instancePath: instancePath + '/metadata',
          schemaPath: '#/properties/metadata/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.scopes !== undefined) {
      let data3 = data.scopes;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (typeof data3[i0] !== 'string') {
            const err4 = {
              instancePath: instancePath + '/scopes/' + i0,
              schemaPath: '#/properties/scopes/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
      } else {
        const err5 = {
          instancePath: instancePath + '/scopes',
          schemaPath: '#/properties/scopes/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.spec !== undefined) {
      let data5 = data.spec;
      if (data5 && typeof data5 == 'object' && !Array.isArray(data5)) {
        if (data5.policies === undefined) {
          const err6 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'policies' },
            message: "must have required property '" + 'policies' + "'",
          };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data5.targets === undefined) {
          const err7 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'targets' },
            message: "must have required property '" + 'targets' + "'",
          };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(key1 === 'policies' || key1 === 'targets')) {
            const err8 = {
              instancePath: instancePath + '/spec',
              schemaPath: '#/properties/spec/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        if (data5.policies !== undefined) {
          let data6 = data5.policies;
          if (data6 && typeof data6 == 'object' && !Array.isArray(data6)) {
            for (const key2 in data6) {
              if (!(key2 === 'circuitBreakers' || key2 === 'retries' || key2 === 'timeouts')) {
                const err9 = {
                  instancePath: instancePath + '/spec/policies',
                  schemaPath: '#/properties/spec/properties/policies/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key2 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err9];
                } else {
                  vErrors.push(err9);
                }
                errors++;
              }
            }
            if (data6.circuitBreakers !== undefined) {
              let data7 = data6.circuitBreakers;
              if (data7 && typeof data7 == 'object' && !Array.isArray(data7)) {
                for (const key3 in data7) {
                  let data8 = data7[key3];
                  if (data8 && typeof data8 == 'object' && !Array.isArray(data8)) {
                    for (const key4 in data8) {
                      if (!(
                        key4 === 'interval' ||
                        key4 === 'maxRequests' ||
                        key4 === 'timeout' ||
                        key4 === 'trip'
                      )) {
                        const err10 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/circuitBreakers/' +
                            key3.replace(/~/g, '~0').replace(/\//g, '~1'),
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/circuitBreakers/additionalProperties/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key4 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err10];
                        } else {
                          vErrors.push(err10);
                        }
                        errors++;
                      }
                    }
                    if (data8.interval !== undefined) {
                      if (typeof data8.interval !== 'string') {
                        const err11 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/circuitBreakers/' +
                            key3.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/interval',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/circuitBreakers/additionalProperties/properties/interval/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err11];
                        } else {
                          vErrors.push(err11);
                        }
                        errors++;
                      }
                    }
                    if (data8.maxRequests !== undefined) {
                      let data10 = data8.maxRequests;
                      if (!(typeof data10 == 'number' && !(data10 % 1) && !isNaN(data10))) {
                        const err12 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/circuitBreakers/' +
                            key3.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/maxRequests',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/circuitBreakers/additionalProperties/properties/maxRequests/type',
                          keyword: 'type',
                          params: { type: 'integer' },
                          message: 'must be integer',
                        };
                        if (vErrors === null) {
                          vErrors = [err12];
                        } else {
                          vErrors.push(err12);
                        }
                        errors++;
                      }
                    }
                    if (data8.timeout !== undefined) {
                      if (typeof data8.timeout !== 'string') {
                        const err13 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/circuitBreakers/' +
                            key3.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/timeout',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/circuitBreakers/additionalProperties/properties/timeout/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err13];
                        } else {
                          vErrors.push(err13);
                        }
                        errors++;
                      }
                    }
                    if (data8.trip !== undefined) {
                      if (typeof data8.trip !== 'string') {
                        const err14 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/circuitBreakers/' +
                            key3.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/trip',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/circuitBreakers/additionalProperties/properties/trip/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err14];
                        } else {
                          vErrors.push(err14);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err15 = {
                      instancePath:
                        instancePath +
                        '/spec/policies/circuitBreakers/' +
                        key3.replace(/~/g, '~0').replace(/\//g, '~1'),
                      schemaPath:
                        '#/properties/spec/properties/policies/properties/circuitBreakers/additionalProperties/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err15];
                    } else {
                      vErrors.push(err15);
                    }
                    errors++;
                  }
                }
              } else {
                const err16 = {
                  instancePath: instancePath + '/spec/policies/circuitBreakers',
                  schemaPath:
                    '#/properties/spec/properties/policies/properties/circuitBreakers/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err16];
                } else {
                  vErrors.push(err16);
                }
                errors++;
              }
            }
            if (data6.retries !== undefined) {
              let data13 = data6.retries;
              if (data13 && typeof data13 == 'object' && !Array.isArray(data13)) {
                for (const key5 in data13) {
                  let data14 = data13[key5];
                  if (data14 && typeof data14 == 'object' && !Array.isArray(data14)) {
                    for (const key6 in data14) {
                      if (!(
                        key6 === 'duration' ||
                        key6 === 'matching' ||
                        key6 === 'maxInterval' ||
                        key6 === 'maxRetries' ||
                        key6 === 'policy'
                      )) {
                        const err17 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/retries/' +
                            key5.replace(/~/g, '~0').replace(/\//g, '~1'),
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/retries/additionalProperties/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key6 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err17];
                        } else {
                          vErrors.push(err17);
                        }
                        errors++;
                      }
                    }
                    if (data14.duration !== undefined) {
                      if (typeof data14.duration !== 'string') {
                        const err18 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/retries/' +
                            key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/duration',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/duration/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err18];
                        } else {
                          vErrors.push(err18);
                        }
                        errors++;
                      }
                    }
                    if (data14.matching !== undefined) {
                      let data16 = data14.matching;
                      if (data16 && typeof data16 == 'object' && !Array.isArray(data16)) {
                        for (const key7 in data16) {
                          if (!(key7 === 'gRPCStatusCodes' || key7 === 'httpStatusCodes')) {
                            const err19 = {
                              instancePath:
                                instancePath +
                                '/spec/policies/retries/' +
                                key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/matching',
                              schemaPath:
                                '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/matching/additionalProperties',
                              keyword: 'additionalProperties',
                              params: { additionalProperty: key7 },
                              message: 'must NOT have additional properties',
                            };
                            if (vErrors === null) {
                              vErrors = [err19];
                            } else {
                              vErrors.push(err19);
                            }
                            errors++;
                          }
                        }
                        if (data16.gRPCStatusCodes !== undefined) {
                          if (typeof data16.gRPCStatusCodes !== 'string') {
                            const err20 = {
                              instancePath:
                                instancePath +
                                '/spec/policies/retries/' +
                                key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/matching/gRPCStatusCodes',
                              schemaPath:
                                '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/matching/properties/gRPCStatusCodes/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err20];
                            } else {
                              vErrors.push(err20);
                            }
                            errors++;
                          }
                        }
                        if (data16.httpStatusCodes !== undefined) {
                          if (typeof data16.httpStatusCodes !== 'string') {
                            const err21 = {
                              instancePath:
                                instancePath +
                                '/spec/policies/retries/' +
                                key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/matching/httpStatusCodes',
                              schemaPath:
                                '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/matching/properties/httpStatusCodes/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err21];
                            } else {
                              vErrors.push(err21);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err22 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/retries/' +
                            key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/matching',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/matching/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err22];
                        } else {
                          vErrors.push(err22);
                        }
                        errors++;
                      }
                    }
                    if (data14.maxInterval !== undefined) {
                      if (typeof data14.maxInterval !== 'string') {
                        const err23 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/retries/' +
                            key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/maxInterval',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/maxInterval/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err23];
                        } else {
                          vErrors.push(err23);
                        }
                        errors++;
                      }
                    }
                    if (data14.maxRetries !== undefined) {
                      let data20 = data14.maxRetries;
                      if (!(typeof data20 == 'number' && !(data20 % 1) && !isNaN(data20))) {
                        const err24 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/retries/' +
                            key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/maxRetries',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/maxRetries/type',
                          keyword: 'type',
                          params: { type: 'integer' },
                          message: 'must be integer',
                        };
                        if (vErrors === null) {
                          vErrors = [err24];
                        } else {
                          vErrors.push(err24);
                        }
                        errors++;
                      }
                    }
                    if (data14.policy !== undefined) {
                      if (typeof data14.policy !== 'string') {
                        const err25 = {
                          instancePath:
                            instancePath +
                            '/spec/policies/retries/' +
                            key5.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/policy',
                          schemaPath:
                            '#/properties/spec/properties/policies/properties/retries/additionalProperties/properties/policy/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err25];
                        } else {
                          vErrors.push(err25);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err26 = {
                      instancePath:
                        instancePath +
                        '/spec/policies/retries/' +
                        key5.replace(/~/g, '~0').replace(/\//g, '~1'),
                      schemaPath:
                        '#/properties/spec/properties/policies/properties/retries/additionalProperties/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err26];
                    } else {
                      vErrors.push(err26);
                    }
                    errors++;
                  }
                }
              } else {
                const err27 = {
                  instancePath: instancePath + '/spec/policies/retries',
                  schemaPath: '#/properties/spec/properties/policies/properties/retries/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            }
            if (data6.timeouts !== undefined) {
              let data22 = data6.timeouts;
              if (data22 && typeof data22 == 'object' && !Array.isArray(data22)) {
                for (const key8 in data22) {
                  if (typeof data22[key8] !== 'string') {
                    const err28 = {
                      instancePath:
                        instancePath +
                        '/spec/policies/timeouts/' +
                        key8.replace(/~/g, '~0').replace(/\//g, '~1'),
                      schemaPath:
                        '#/properties/spec/properties/policies/properties/timeouts/additionalProperties/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err28];
                    } else {
                      vErrors.push(err28);
                    }
                    errors++;
                  }
                }
              } else {
                const err29 = {
                  instancePath: instancePath + '/spec/policies/timeouts',
                  schemaPath: '#/properties/spec/properties/policies/properties/timeouts/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
          } else {
            const err30 = {
              instancePath: instancePath + '/spec/policies',
              schemaPath: '#/properties/spec/properties/policies/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
        if (data5.targets !== undefined) {
          let data24 = data5.targets;
          if (data24 && typeof data24 == 'object' && !Array.isArray(data24)) {
            for (const key9 in data24) {
              if (!(key9 === 'actors' || key9 === 'apps' || key9 === 'components')) {
                const err31 = {
                  instancePath: instancePath + '/spec/targets',
                  schemaPath: '#/properties/spec/properties/targets/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key9 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
            }
            if (data24.actors !== undefined) {
              let data25 = data24.actors;
              if (data25 && typeof data25 == 'object' && !Array.isArray(data25)) {
                for (const key10 in data25) {
                  let data26 = data25[key10];
                  if (data26 && typeof data26 == 'object' && !Array.isArray(data26)) {
                    for (const key11 in data26) {
                      if (!(
                        key11 === 'circuitBreaker' ||
                        key11 === 'circuitBreakerCacheSize' ||
                        key11 === 'circuitBreakerScope' ||
                        key11 === 'retry' ||
                        key11 === 'timeout'
                      )) {
                        const err32 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/actors/' +
                            key10.replace(/~/g, '~0').replace(/\//g, '~1'),
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/actors/additionalProperties/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key11 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err32];
                        } else {
                          vErrors.push(err32);
                        }
                        errors++;
                      }
                    }
                    if (data26.circuitBreaker !== undefined) {
                      if (typeof data26.circuitBreaker !== 'string') {
                        const err33 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/actors/' +
                            key10.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/circuitBreaker',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/actors/additionalProperties/properties/circuitBreaker/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err33];
                        } else {
                          vErrors.push(err33);
                        }
                        errors++;
                      }
                    }
                    if (data26.circuitBreakerCacheSize !== undefined) {
                      let data28 = data26.circuitBreakerCacheSize;
                      if (!(typeof data28 == 'number' && !(data28 % 1) && !isNaN(data28))) {
                        const err34 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/actors/' +
                            key10.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/circuitBreakerCacheSize',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/actors/additionalProperties/properties/circuitBreakerCacheSize/type',
                          keyword: 'type',
                          params: { type: 'integer' },
                          message: 'must be integer',
                        };
                        if (vErrors === null) {
                          vErrors = [err34];
                        } else {
                          vErrors.push(err34);
                        }
                        errors++;
                      }
                    }
                    if (data26.circuitBreakerScope !== undefined) {
                      if (typeof data26.circuitBreakerScope !== 'string') {
                        const err35 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/actors/' +
                            key10.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/circuitBreakerScope',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/actors/additionalProperties/properties/circuitBreakerScope/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err35];
                        } else {
                          vErrors.push(err35);
                        }
                        errors++;
                      }
                    }
                    if (data26.retry !== undefined) {
                      if (typeof data26.retry !== 'string') {
                        const err36 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/actors/' +
                            key10.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/retry',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/actors/additionalProperties/properties/retry/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err36];
                        } else {
                          vErrors.push(err36);
                        }
                        errors++;
                      }
                    }
                    if (data26.timeout !== undefined) {
                      if (typeof data26.timeout !== 'string') {
                        const err37 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/actors/' +
                            key10.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/timeout',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/actors/additionalProperties/properties/timeout/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err37];
                        } else {
                          vErrors.push(err37);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err38 = {
                      instancePath:
                        instancePath +
                        '/spec/targets/actors/' +
                        key10.replace(/~/g, '~0').replace(/\//g, '~1'),
                      schemaPath:
                        '#/properties/spec/properties/targets/properties/actors/additionalProperties/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                }
              } else {
                const err39 = {
                  instancePath: instancePath + '/spec/targets/actors',
                  schemaPath: '#/properties/spec/properties/targets/properties/actors/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err39];
                } else {
                  vErrors.push(err39);
                }
                errors++;
              }
            }
            if (data24.apps !== undefined) {
              let data32 = data24.apps;
              if (data32 && typeof data32 == 'object' && !Array.isArray(data32)) {
                for (const key12 in data32) {
                  let data33 = data32[key12];
                  if (data33 && typeof data33 == 'object' && !Array.isArray(data33)) {
                    for (const key13 in data33) {
                      if (!(
                        key13 === 'circuitBreaker' ||
                        key13 === 'circuitBreakerCacheSize' ||
                        key13 === 'retry' ||
                        key13 === 'timeout'
                      )) {
                        const err40 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/apps/' +
                            key12.replace(/~/g, '~0').replace(/\//g, '~1'),
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/apps/additionalProperties/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key13 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err40];
                        } else {
                          vErrors.push(err40);
                        }
                        errors++;
                      }
                    }
                    if (data33.circuitBreaker !== undefined) {
                      if (typeof data33.circuitBreaker !== 'string') {
                        const err41 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/apps/' +
                            key12.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/circuitBreaker',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/apps/additionalProperties/properties/circuitBreaker/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err41];
                        } else {
                          vErrors.push(err41);
                        }
                        errors++;
                      }
                    }
                    if (data33.circuitBreakerCacheSize !== undefined) {
                      let data35 = data33.circuitBreakerCacheSize;
                      if (!(typeof data35 == 'number' && !(data35 % 1) && !isNaN(data35))) {
                        const err42 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/apps/' +
                            key12.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/circuitBreakerCacheSize',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/apps/additionalProperties/properties/circuitBreakerCacheSize/type',
                          keyword: 'type',
                          params: { type: 'integer' },
                          message: 'must be integer',
                        };
                        if (vErrors === null) {
                          vErrors = [err42];
                        } else {
                          vErrors.push(err42);
                        }
                        errors++;
                      }
                    }
                    if (data33.retry !== undefined) {
                      if (typeof data33.retry !== 'string') {
                        const err43 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/apps/' +
                            key12.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/retry',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/apps/additionalProperties/properties/retry/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err43];
                        } else {
                          vErrors.push(err43);
                        }
                        errors++;
                      }
                    }
                    if (data33.timeout !== undefined) {
                      if (typeof data33.timeout !== 'string') {
                        const err44 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/apps/' +
                            key12.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/timeout',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/apps/additionalProperties/properties/timeout/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err44];
                        } else {
                          vErrors.push(err44);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err45 = {
                      instancePath:
                        instancePath +
                        '/spec/targets/apps/' +
                        key12.replace(/~/g, '~0').replace(/\//g, '~1'),
                      schemaPath:
                        '#/properties/spec/properties/targets/properties/apps/additionalProperties/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err45];
                    } else {
                      vErrors.push(err45);
                    }
                    errors++;
                  }
                }
              } else {
                const err46 = {
                  instancePath: instancePath + '/spec/targets/apps',
                  schemaPath: '#/properties/spec/properties/targets/properties/apps/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err46];
                } else {
                  vErrors.push(err46);
                }
                errors++;
              }
            }
            if (data24.components !== undefined) {
              let data38 = data24.components;
              if (data38 && typeof data38 == 'object' && !Array.isArray(data38)) {
                for (const key14 in data38) {
                  let data39 = data38[key14];
                  if (data39 && typeof data39 == 'object' && !Array.isArray(data39)) {
                    for (const key15 in data39) {
                      if (!(key15 === 'inbound' || key15 === 'outbound')) {
                        const err47 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/components/' +
                            key14.replace(/~/g, '~0').replace(/\//g, '~1'),
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/components/additionalProperties/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key15 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err47];
                        } else {
                          vErrors.push(err47);
                        }
                        errors++;
                      }
                    }
                    if (data39.inbound !== undefined) {
                      let data40 = data39.inbound;
                      if (data40 && typeof data40 == 'object' && !Array.isArray(data40)) {
                        for (const key16 in data40) {
                          if (!(
                            key16 === 'circuitBreaker' ||
                            key16 === 'retry' ||
                            key16 === 'timeout'
                          )) {
                            const err48 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/inbound',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/inbound/additionalProperties',
                              keyword: 'additionalProperties',
                              params: { additionalProperty: key16 },
                              message: 'must NOT have additional properties',
                            };
                            if (vErrors === null) {
                              vErrors = [err48];
                            } else {
                              vErrors.push(err48);
                            }
                            errors++;
                          }
                        }
                        if (data40.circuitBreaker !== undefined) {
                          if (typeof data40.circuitBreaker !== 'string') {
                            const err49 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/inbound/circuitBreaker',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/inbound/properties/circuitBreaker/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err49];
                            } else {
                              vErrors.push(err49);
                            }
                            errors++;
                          }
                        }
                        if (data40.retry !== undefined) {
                          if (typeof data40.retry !== 'string') {
                            const err50 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/inbound/retry',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/inbound/properties/retry/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err50];
                            } else {
                              vErrors.push(err50);
                            }
                            errors++;
                          }
                        }
                        if (data40.timeout !== undefined) {
                          if (typeof data40.timeout !== 'string') {
                            const err51 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/inbound/timeout',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/inbound/properties/timeout/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err51];
                            } else {
                              vErrors.push(err51);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err52 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/components/' +
                            key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/inbound',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/inbound/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err52];
                        } else {
                          vErrors.push(err52);
                        }
                        errors++;
                      }
                    }
                    if (data39.outbound !== undefined) {
                      let data44 = data39.outbound;
                      if (data44 && typeof data44 == 'object' && !Array.isArray(data44)) {
                        for (const key17 in data44) {
                          if (!(
                            key17 === 'circuitBreaker' ||
                            key17 === 'retry' ||
                            key17 === 'timeout'
                          )) {
                            const err53 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/outbound',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/outbound/additionalProperties',
                              keyword: 'additionalProperties',
                              params: { additionalProperty: key17 },
                              message: 'must NOT have additional properties',
                            };
                            if (vErrors === null) {
                              vErrors = [err53];
                            } else {
                              vErrors.push(err53);
                            }
                            errors++;
                          }
                        }
                        if (data44.circuitBreaker !== undefined) {
                          if (typeof data44.circuitBreaker !== 'string') {
                            const err54 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/outbound/circuitBreaker',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/outbound/properties/circuitBreaker/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err54];
                            } else {
                              vErrors.push(err54);
                            }
                            errors++;
                          }
                        }
                        if (data44.retry !== undefined) {
                          if (typeof data44.retry !== 'string') {
                            const err55 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/outbound/retry',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/outbound/properties/retry/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err55];
                            } else {
                              vErrors.push(err55);
                            }
                            errors++;
                          }
                        }
                        if (data44.timeout !== undefined) {
                          if (typeof data44.timeout !== 'string') {
                            const err56 = {
                              instancePath:
                                instancePath +
                                '/spec/targets/components/' +
                                key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                                '/outbound/timeout',
                              schemaPath:
                                '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/outbound/properties/timeout/type',
                              keyword: 'type',
                              params: { type: 'string' },
                              message: 'must be string',
                            };
                            if (vErrors === null) {
                              vErrors = [err56];
                            } else {
                              vErrors.push(err56);
                            }
                            errors++;
                          }
                        }
                      } else {
                        const err57 = {
                          instancePath:
                            instancePath +
                            '/spec/targets/components/' +
                            key14.replace(/~/g, '~0').replace(/\//g, '~1') +
                            '/outbound',
                          schemaPath:
                            '#/properties/spec/properties/targets/properties/components/additionalProperties/properties/outbound/type',
                          keyword: 'type',
                          params: { type: 'object' },
                          message: 'must be object',
                        };
                        if (vErrors === null) {
                          vErrors = [err57];
                        } else {
                          vErrors.push(err57);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err58 = {
                      instancePath:
                        instancePath +
                        '/spec/targets/components/' +
                        key14.replace(/~/g, '~0').replace(/\//g, '~1'),
                      schemaPath:
                        '#/properties/spec/properties/targets/properties/components/additionalProperties/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err58];
                    } else {
                      vErrors.push(err58);
                    }
                    errors++;
                  }
                }
              } else {
                const err59 = {
                  instancePath: instancePath + '/spec/targets/components',
                  schemaPath: '#/properties/spec/properties/targets/properties/components/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err59];
                } else {
                  vErrors.push(err59);
                }
                errors++;
              }
            }
          } else {
            const err60 = {
              instancePath: instancePath + '/spec/targets',
              schemaPath: '#/properties/spec/properties/targets/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err60];
            } else {
              vErrors.push(err60);
            }
            errors++;
          }
        }
      } else {
        const err61 = {
          instancePath: instancePath + '/spec',
          schemaPath: '#/properties/spec/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err61];
        } else {
          vErrors.push(err61);
        }
        errors++;
      }
    }
  } else {
    const err62 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err62];
    } else {
      vErrors.push(err62);
    }
    errors++;
  }
  validate12.errors = vErrors;
  return errors === 0;
}

export const validateSubscriptionv1alpha1 = validate13;
const schema14 = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    scopes: { type: 'array', items: { type: 'string' } },
    spec: {
      required: ['pubsubname', 'route', 'topic'],
      type: 'object',
      properties: {
        bulkSubscribe: {
          required: ['enabled'],
          type: 'object',
          properties: {
            enabled: { type: 'boolean' },
            maxAwaitDurationMs: { format: 'int32', type: 'integer' },
            maxMessagesCount: { format: 'int32', type: 'integer' },
          },
          additionalProperties: false,
        },
        deadLetterTopic: { type: 'string' },
        metadata: { type: 'object', additionalProperties: { type: 'string' } },
        pubsubname: { type: 'string' },
        route: { type: 'string' },
        topic: { type: 'string' },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

function validate13(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data } = {},
) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(
        key0 === 'apiVersion' ||
        key0 === 'kind' ||
        key0 === 'metadata' ||
        key0 === 'scopes' ||
        key0 === 'spec'
      )) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.apiVersion !== undefined) {
      if (typeof data.apiVersion !== 'string') {
        const err1 = {
          instancePath: instancePath + '/apiVersion',
          schemaPath: '#/properties/apiVersion/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== undefined) {
      if (typeof data.kind !== 'string') {
        const err2 = {
          instancePath: instancePath + '/kind',
          schemaPath: '#/properties/kind/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data2 = data.metadata;
      if (!(data2 && typeof data2 == 'object' && !Array.isArray(data2))) {
        const err3 = {
          instancePath: instancePath + '/metadata',
          schemaPath: '#/properties/metadata/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.scopes !== undefined) {
      let data3 = data.scopes;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (typeof data3[i0] !== 'string') {
            const err4 = {
              instancePath: instancePath + '/scopes/' + i0,
              schemaPath: '#/properties/scopes/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
      } else {
        const err5 = {
          instancePath: instancePath + '/scopes',
          schemaPath: '#/properties/scopes/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.spec !== undefined) {
      let data5 = data.spec;
      if (data5 && typeof data5 == 'object' && !Array.isArray(data5)) {
        if (data5.pubsubname === undefined) {
          const err6 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'pubsubname' },
            message: "must have required property '" + 'pubsubname' + "'",
          };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data5.route === undefined) {
          const err7 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'route' },
            message: "must have required property '" + 'route' + "'",
          };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data5.topic === undefined) {
          const err8 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'topic' },
            message: "must have required property '" + 'topic' + "'",
          };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(
            key1 === 'bulkSubscribe' ||
            key1 === 'deadLetterTopic' ||
            key1 === 'metadata' ||
            key1 === 'pubsubname' ||
            key1 === 'route' ||
            key1 === 'topic'
          )) {
            const err9 = {
              instancePath: instancePath + '/spec',
              schemaPath: '#/properties/spec/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data5.bulkSubscribe !== undefined) {
          let data6 = data5.bulkSubscribe;
          if (data6 && typeof data6 == 'object' && !Array.isArray(data6)) {
            if (data6.enabled === undefined) {
              const err10 = {
                instancePath: instancePath + '/spec/bulkSubscribe',
                schemaPath: '#/properties/spec/properties/bulkSubscribe/required',
                keyword: 'required',
                params: { missingProperty: 'enabled' },
                message: "must have required property '" + 'enabled' + "'",
              };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
            for (const key2 in data6) {
              if (!(
                key2 === 'enabled' ||
                key2 === 'maxAwaitDurationMs' ||
                key2 === 'maxMessagesCount'
              )) {
                const err11 = {
                  instancePath: instancePath + '/spec/bulkSubscribe',
                  schemaPath: '#/properties/spec/properties/bulkSubscribe/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key2 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err11];
                } else {
                  vErrors.push(err11);
                }
                errors++;
              }
            }
            if (data6.enabled !== undefined) {
              if (typeof data6.enabled !== 'boolean') {
                const err12 = {
                  instancePath: instancePath + '/spec/bulkSubscribe/enabled',
                  schemaPath: '#/properties/spec/properties/bulkSubscribe/properties/enabled/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err12];
                } else {
                  vErrors.push(err12);
                }
                errors++;
              }
            }
            if (data6.maxAwaitDurationMs !== undefined) {
              let data8 = data6.maxAwaitDurationMs;
              if (!(typeof data8 == 'number' && !(data8 % 1) && !isNaN(data8))) {
                const err13 = {
                  instancePath: instancePath + '/spec/bulkSubscribe/maxAwaitDurationMs',
                  schemaPath:
                    '#/properties/spec/properties/bulkSubscribe/properties/maxAwaitDurationMs/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
            }
            if (data6.maxMessagesCount !== undefined) {
              let data9 = data6.maxMessagesCount;
              if (!(typeof data9 == 'number' && !(data9 % 1) && !isNaN(data9))) {
                const err14 = {
                  instancePath: instancePath + '/spec/bulkSubscribe/maxMessagesCount',
                  schemaPath:
                    '#/properties/spec/properties/bulkSubscribe/properties/maxMessagesCount/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err14];
                } else {
                  vErrors.push(err14);
                }
                errors++;
              }
            }
          } else {
            const err15 = {
              instancePath: instancePath + '/spec/bulkSubscribe',
              schemaPath: '#/properties/spec/properties/bulkSubscribe/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data5.deadLetterTopic !== undefined) {
          if (typeof data5.deadLetterTopic !== 'string') {
            const err16 = {
              instancePath: instancePath + '/spec/deadLetterTopic',
              schemaPath: '#/properties/spec/properties/deadLetterTopic/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data5.metadata !== undefined) {
          let data11 = data5.metadata;
          if (data11 && typeof data11 == 'object' && !Array.isArray(data11)) {
            for (const key3 in data11) {
              if (typeof data11[key3] !== 'string') {
                const err17 = {
                  instancePath:
                    instancePath +
                    '/spec/metadata/' +
                    key3.replace(/~/g, '~0').replace(/\//g, '~1'),
                  schemaPath: '#/properties/spec/properties/metadata/additionalProperties/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err17];
                } else {
                  vErrors.push(err17);
                }
                errors++;
              }
            }
          } else {
            const err18 = {
              instancePath: instancePath + '/spec/metadata',
              schemaPath: '#/properties/spec/properties/metadata/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
        if (data5.pubsubname !== undefined) {
          if (typeof data5.pubsubname !== 'string') {
            const err19 = {
              instancePath: instancePath + '/spec/pubsubname',
              schemaPath: '#/properties/spec/properties/pubsubname/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
        }
        if (data5.route !== undefined) {
          if (typeof data5.route !== 'string') {
            const err20 = {
              instancePath: instancePath + '/spec/route',
              schemaPath: '#/properties/spec/properties/route/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
        }
        if (data5.topic !== undefined) {
          if (typeof data5.topic !== 'string') {
            const err21 = {
              instancePath: instancePath + '/spec/topic',
              schemaPath: '#/properties/spec/properties/topic/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
      } else {
        const err22 = {
          instancePath: instancePath + '/spec',
          schemaPath: '#/properties/spec/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
  } else {
    const err23 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err23];
    } else {
      vErrors.push(err23);
    }
    errors++;
  }
  validate13.errors = vErrors;
  return errors === 0;
}

export const validateSubscriptionv2alpha1 = validate14;
const schema15 = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    scopes: { type: 'array', items: { type: 'string' } },
    spec: {
      required: ['pubsubname', 'routes', 'topic'],
      type: 'object',
      properties: {
        bulkSubscribe: {
          required: ['enabled'],
          type: 'object',
          properties: {
            enabled: { type: 'boolean' },
            maxAwaitDurationMs: { format: 'int32', type: 'integer' },
            maxMessagesCount: { format: 'int32', type: 'integer' },
          },
          additionalProperties: false,
        },
        deadLetterTopic: { type: 'string' },
        metadata: { type: 'object', additionalProperties: { type: 'string' } },
        pubsubname: { type: 'string' },
        routes: {
          type: 'object',
          properties: {
            default: { type: 'string' },
            rules: {
              type: 'array',
              items: {
                required: ['match', 'path'],
                type: 'object',
                properties: { match: { type: 'string' }, path: { type: 'string' } },
                additionalProperties: false,
              },
            },
          },
          additionalProperties: false,
        },
        topic: { type: 'string' },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

function validate14(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data } = {},
) {
  let vErrors = null;
  let errors = 0;
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!(
        key0 === 'apiVersion' ||
        key0 === 'kind' ||
        key0 === 'metadata' ||
        key0 === 'scopes' ||
        key0 === 'spec'
      )) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.apiVersion !== undefined) {
      if (typeof data.apiVersion !== 'string') {
        const err1 = {
          instancePath: instancePath + '/apiVersion',
          schemaPath: '#/properties/apiVersion/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.kind !== undefined) {
      if (typeof data.kind !== 'string') {
        const err2 = {
          instancePath: instancePath + '/kind',
          schemaPath: '#/properties/kind/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data2 = data.metadata;
      if (!(data2 && typeof data2 == 'object' && !Array.isArray(data2))) {
        const err3 = {
          instancePath: instancePath + '/metadata',
          schemaPath: '#/properties/metadata/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.scopes !== undefined) {
      let data3 = data.scopes;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          if (typeof data3[i0] !== 'string') {
            const err4 = {
              instancePath: instancePath + '/scopes/' + i0,
              schemaPath: '#/properties/scopes/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        }
      } else {
        const err5 = {
          instancePath: instancePath + '/scopes',
          schemaPath: '#/properties/scopes/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err5];
        } else {
          vErrors.push(err5);
        }
        errors++;
      }
    }
    if (data.spec !== undefined) {
      let data5 = data.spec;
      if (data5 && typeof data5 == 'object' && !Array.isArray(data5)) {
        if (data5.pubsubname === undefined) {
          const err6 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'pubsubname' },
            message: "must have required property '" + 'pubsubname' + "'",
          };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
        if (data5.routes === undefined) {
          const err7 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'routes' },
            message: "must have required property '" + 'routes' + "'",
          };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (data5.topic === undefined) {
          const err8 = {
            instancePath: instancePath + '/spec',
            schemaPath: '#/properties/spec/required',
            keyword: 'required',
            params: { missingProperty: 'topic' },
            message: "must have required property '" + 'topic' + "'",
          };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        for (const key1 in data5) {
          if (!(
            key1 === 'bulkSubscribe' ||
            key1 === 'deadLetterTopic' ||
            key1 === 'metadata' ||
            key1 === 'pubsubname' ||
            key1 === 'routes' ||
            key1 === 'topic'
          )) {
            const err9 = {
              instancePath: instancePath + '/spec',
              schemaPath: '#/properties/spec/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data5.bulkSubscribe !== undefined) {
          let data6 = data5.bulkSubscribe;
          if (data6 && typeof data6 == 'object' && !Array.isArray(data6)) {
            if (data6.enabled === undefined) {
              const err10 = {
                instancePath: instancePath + '/spec/bulkSubscribe',
                schemaPath: '#/properties/spec/properties/bulkSubscribe/required',
                keyword: 'required',
                params: { missingProperty: 'enabled' },
                message: "must have required property '" + 'enabled' + "'",
              };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
            for (const key2 in data6) {
              if (!(
                key2 === 'enabled' ||
                key2 === 'maxAwaitDurationMs' ||
                key2 === 'maxMessagesCount'
              )) {
                const err11 = {
                  instancePath: instancePath + '/spec/bulkSubscribe',
                  schemaPath: '#/properties/spec/properties/bulkSubscribe/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key2 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err11];
                } else {
                  vErrors.push(err11);
                }
                errors++;
              }
            }
            if (data6.enabled !== undefined) {
              if (typeof data6.enabled !== 'boolean') {
                const err12 = {
                  instancePath: instancePath + '/spec/bulkSubscribe/enabled',
                  schemaPath: '#/properties/spec/properties/bulkSubscribe/properties/enabled/type',
                  keyword: 'type',
                  params: { type: 'boolean' },
                  message: 'must be boolean',
                };
                if (vErrors === null) {
                  vErrors = [err12];
                } else {
                  vErrors.push(err12);
                }
                errors++;
              }
            }
            if (data6.maxAwaitDurationMs !== undefined) {
              let data8 = data6.maxAwaitDurationMs;
              if (!(typeof data8 == 'number' && !(data8 % 1) && !isNaN(data8))) {
                const err13 = {
                  instancePath: instancePath + '/spec/bulkSubscribe/maxAwaitDurationMs',
                  schemaPath:
                    '#/properties/spec/properties/bulkSubscribe/properties/maxAwaitDurationMs/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
            }
            if (data6.maxMessagesCount !== undefined) {
              let data9 = data6.maxMessagesCount;
              if (!(typeof data9 == 'number' && !(data9 % 1) && !isNaN(data9))) {
                const err14 = {
                  instancePath: instancePath + '/spec/bulkSubscribe/maxMessagesCount',
                  schemaPath:
                    '#/properties/spec/properties/bulkSubscribe/properties/maxMessagesCount/type',
                  keyword: 'type',
                  params: { type: 'integer' },
                  message: 'must be integer',
                };
                if (vErrors === null) {
                  vErrors = [err14];
                } else {
                  vErrors.push(err14);
                }
                errors++;
              }
            }
          } else {
            const err15 = {
              instancePath: instancePath + '/spec/bulkSubscribe',
              schemaPath: '#/properties/spec/properties/bulkSubscribe/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
        if (data5.deadLetterTopic !== undefined) {
          if (typeof data5.deadLetterTopic !== 'string') {
            const err16 = {
              instancePath: instancePath + '/spec/deadLetterTopic',
              schemaPath: '#/properties/spec/properties/deadLetterTopic/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
        if (data5.metadata !== undefined) {
          let data11 = data5.metadata;
          if (data11 && typeof data11 == 'object' && !Array.isArray(data11)) {
            for (const key3 in data11) {
              if (typeof data11[key3] !== 'string') {
                const err17 = {
                  instancePath:
                    instancePath +
                    '/spec/metadata/' +
                    key3.replace(/~/g, '~0').replace(/\//g, '~1'),
                  schemaPath: '#/properties/spec/properties/metadata/additionalProperties/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err17];
                } else {
                  vErrors.push(err17);
                }
                errors++;
              }
            }
          } else {
            const err18 = {
              instancePath: instancePath + '/spec/metadata',
              schemaPath: '#/properties/spec/properties/metadata/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
        if (data5.pubsubname !== undefined) {
          if (typeof data5.pubsubname !== 'string') {
            const err19 = {
              instancePath: instancePath + '/spec/pubsubname',
              schemaPath: '#/properties/spec/properties/pubsubname/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
        }
        if (data5.routes !== undefined) {
          let data14 = data5.routes;
          if (data14 && typeof data14 == 'object' && !Array.isArray(data14)) {
            for (const key4 in data14) {
              if (!(key4 === 'default' || key4 === 'rules')) {
                const err20 = {
                  instancePath: instancePath + '/spec/routes',
                  schemaPath: '#/properties/spec/properties/routes/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key4 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err20];
                } else {
                  vErrors.push(err20);
                }
                errors++;
              }
            }
            if (data14.default !== undefined) {
              if (typeof data14.default !== 'string') {
                const err21 = {
                  instancePath: instancePath + '/spec/routes/default',
                  schemaPath: '#/properties/spec/properties/routes/properties/default/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
            }
            if (data14.rules !== undefined) {
              let data16 = data14.rules;
              if (Array.isArray(data16)) {
                const len1 = data16.length;
                for (let i1 = 0; i1 < len1; i1++) {
                  let data17 = data16[i1];
                  if (data17 && typeof data17 == 'object' && !Array.isArray(data17)) {
                    if (data17.match === undefined) {
                      const err22 = {
                        instancePath: instancePath + '/spec/routes/rules/' + i1,
                        schemaPath:
                          '#/properties/spec/properties/routes/properties/rules/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'match' },
                        message: "must have required property '" + 'match' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err22];
                      } else {
                        vErrors.push(err22);
                      }
                      errors++;
                    }
                    if (data17.path === undefined) {
                      const err23 = {
                        instancePath: instancePath + '/spec/routes/rules/' + i1,
                        schemaPath:
                          '#/properties/spec/properties/routes/properties/rules/items/required',
                        keyword: 'required',
                        params: { missingProperty: 'path' },
                        message: "must have required property '" + 'path' + "'",
                      };
                      if (vErrors === null) {
                        vErrors = [err23];
                      } else {
                        vErrors.push(err23);
                      }
                      errors++;
                    }
                    for (const key5 in data17) {
                      if (!(key5 === 'match' || key5 === 'path')) {
                        const err24 = {
                          instancePath: instancePath + '/spec/routes/rules/' + i1,
                          schemaPath:
                            '#/properties/spec/properties/routes/properties/rules/items/additionalProperties',
                          keyword: 'additionalProperties',
                          params: { additionalProperty: key5 },
                          message: 'must NOT have additional properties',
                        };
                        if (vErrors === null) {
                          vErrors = [err24];
                        } else {
                          vErrors.push(err24);
                        }
                        errors++;
                      }
                    }
                    if (data17.match !== undefined) {
                      if (typeof data17.match !== 'string') {
                        const err25 = {
                          instancePath: instancePath + '/spec/routes/rules/' + i1 + '/match',
                          schemaPath:
                            '#/properties/spec/properties/routes/properties/rules/items/properties/match/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err25];
                        } else {
                          vErrors.push(err25);
                        }
                        errors++;
                      }
                    }
                    if (data17.path !== undefined) {
                      if (typeof data17.path !== 'string') {
                        const err26 = {
                          instancePath: instancePath + '/spec/routes/rules/' + i1 + '/path',
                          schemaPath:
                            '#/properties/spec/properties/routes/properties/rules/items/properties/path/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err26];
                        } else {
                          vErrors.push(err26);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err27 = {
                      instancePath: instancePath + '/spec/routes/rules/' + i1,
                      schemaPath: '#/properties/spec/properties/routes/properties/rules/items/type',
                      keyword: 'type',
                      params: { type: 'object' },
                      message: 'must be object',
                    };
                    if (vErrors === null) {
                      vErrors = [err27];
                    } else {
                      vErrors.push(err27);
                    }
                    errors++;
                  }
                }
              } else {
                const err28 = {
                  instancePath: instancePath + '/spec/routes/rules',
                  schemaPath: '#/properties/spec/properties/routes/properties/rules/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
          } else {
            const err29 = {
              instancePath: instancePath + '/spec/routes',
              schemaPath: '#/properties/spec/properties/routes/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
        if (data5.topic !== undefined) {
          if (typeof data5.topic !== 'string') {
            const err30 = {
              instancePath: instancePath + '/spec/topic',
              schemaPath: '#/properties/spec/properties/topic/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
        }
      } else {
        const err31 = {
          instancePath: instancePath + '/spec',
          schemaPath: '#/properties/spec/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
    }
  } else {
    const err32 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err32];
    } else {
      vErrors.push(err32);
    }
    errors++;
  }
  validate14.errors = vErrors;
  return errors === 0;
}

export const validators = {
  'dapr.io/v1alpha1/Component': validateComponentv1alpha1,
  'dapr.io/v1alpha1/Configuration': validateConfigurationv1alpha1,
  'dapr.io/v1alpha1/Resiliency': validateResiliencyv1alpha1,
  'dapr.io/v1alpha1/Subscription': validateSubscriptionv1alpha1,
  'dapr.io/v2alpha1/Subscription': validateSubscriptionv2alpha1,
};

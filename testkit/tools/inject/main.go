// Command inject reads pods as a JSON array from standard input and writes them as Dapr's injector
// would change them, with the settings that PodSecurity "restricted" asks of its operator.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	jsonpatch "github.com/evanphx/json-patch/v5"
	corev1 "k8s.io/api/core/v1"

	"github.com/dapr/dapr/pkg/injector/patcher"
)

func inject(raw json.RawMessage) (json.RawMessage, error) {
	var pod corev1.Pod
	if err := json.Unmarshal(raw, &pod); err != nil {
		return nil, err
	}
	config := patcher.NewSidecarConfig(&pod)
	config.Namespace = pod.Namespace
	config.Identity = pod.Namespace + ":" + pod.Spec.ServiceAccountName
	config.SidecarImage = "daprio/daprd:" + os.Args[1]
	config.MTLSEnabled = true
	config.OperatorAddress = "dapr-api.dapr-system.svc.cluster.local:443"
	config.SentryAddress = "dapr-sentry.dapr-system.svc.cluster.local:443"
	config.SentrySPIFFEID = "spiffe://cluster.local/ns/dapr-system/dapr-sentry"
	config.ControlPlaneNamespace = "dapr-system"
	config.ControlPlaneTrustDomain = "cluster.local"
	config.RunAsNonRoot = true
	config.ReadOnlyRootFilesystem = true
	config.SidecarDropALLCapabilities = true
	config.SidecarSeccompProfileType = "RuntimeDefault"
	config.SetFromPodAnnotations()
	operations, err := config.GetPatch()
	if err != nil {
		return nil, err
	}
	if len(operations) == 0 {
		return raw, nil
	}
	encoded, err := json.Marshal(operations)
	if err != nil {
		return nil, err
	}
	patch, err := jsonpatch.DecodePatch(encoded)
	if err != nil {
		return nil, err
	}
	return patch.Apply(raw)
}

func main() {
	var pods []json.RawMessage
	if err := json.NewDecoder(os.Stdin).Decode(&pods); err != nil {
		fmt.Fprintln(os.Stderr, "inject: standard input is not a JSON array of pods:", err)
		os.Exit(1)
	}
	for i, pod := range pods {
		injected, err := inject(pod)
		if err != nil {
			fmt.Fprintf(os.Stderr, "inject: pod %d: %v\n", i, err)
			os.Exit(1)
		}
		pods[i] = injected
	}
	if err := json.NewEncoder(os.Stdout).Encode(pods); err != nil {
		fmt.Fprintln(os.Stderr, "inject:", err)
		os.Exit(1)
	}
}

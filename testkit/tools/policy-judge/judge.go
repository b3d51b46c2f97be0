package networkpolicy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"

	v1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"

	defaults "sigs.k8s.io/kube-network-policies/pkg/defaults"
)

type connection struct {
	Source      net.IP      `json:"source"`
	Destination net.IP      `json:"destination"`
	Port        int         `json:"port"`
	Protocol    v1.Protocol `json:"protocol"`
}

type world struct {
	Namespaces  []*v1.Namespace               `json:"namespaces"`
	Pods        []*v1.Pod                     `json:"pods"`
	Policies    []*networkingv1.NetworkPolicy `json:"policies"`
	Connections []connection                  `json:"connections"`
}

// Judge reads worlds, and writes a line with the verdicts on the connections of each.
func Judge(input io.Reader, output io.Writer) error {
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	encoder := json.NewEncoder(output)
	for {
		var given world
		err := decoder.Decode(&given)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("standard input is not a world: %w", err)
		}
		controller, err := controllerOf(given)
		if err != nil {
			return err
		}
		if err := encoder.Encode(verdicts(controller, given.Connections)); err != nil {
			return err
		}
	}
}

// verdicts has every core judge its part of the connections.
func verdicts(controller *Controller, connections []connection) []bool {
	allowed := make([]bool, len(connections))
	size := len(connections)/runtime.NumCPU() + 1
	var group sync.WaitGroup
	for start := 0; start < len(connections); start += size {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := start; i < min(start+size, len(connections)); i++ {
				allowed[i] = controller.evaluatePacket(context.Background(), packet{
					family:  v1.IPv4Protocol,
					srcIP:   connections[i].Source,
					dstIP:   connections[i].Destination,
					proto:   connections[i].Protocol,
					srcPort: 50_000,
					dstPort: connections[i].Port,
				})
			}
		}()
	}
	group.Wait()
	return allowed
}

// controllerOf is a controller that knows a world and is connected to nothing.
func controllerOf(given world) (*Controller, error) {
	indexer := func() cache.Indexer {
		return cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{
			cache.NamespaceIndex: cache.MetaNamespaceIndexFunc,
		})
	}
	namespaces, pods, policies := indexer(), indexer(), indexer()
	byAddress := make(map[string]*v1.Pod)
	for _, namespace := range given.Namespaces {
		if err := namespaces.Add(namespace); err != nil {
			return nil, err
		}
	}
	for _, pod := range given.Pods {
		for i := range pod.Spec.Containers {
			ports := pod.Spec.Containers[i].Ports
			for j := range ports {
				// As the API server does.
				if ports[j].Protocol == "" {
					ports[j].Protocol = v1.ProtocolTCP
				}
			}
		}
		if other := byAddress[pod.Status.PodIP]; other != nil || pod.Status.PodIP == "" {
			return nil, fmt.Errorf("pod %s/%s has no address of its own", pod.Namespace, pod.Name)
		}
		byAddress[pod.Status.PodIP] = pod
		if err := pods.Add(pod); err != nil {
			return nil, err
		}
	}
	for _, policy := range given.Policies {
		stored, err := asStored(policy)
		if err != nil {
			return nil, err
		}
		if err := policies.Add(stored); err != nil {
			return nil, err
		}
	}
	return &Controller{
		namespaceLister:     corelisters.NewNamespaceLister(namespaces),
		podLister:           corelisters.NewPodLister(pods),
		networkpolicyLister: networkinglisters.NewNetworkPolicyLister(policies),
		getPodAssignedToIP:  func(address string) *v1.Pod { return byAddress[address] },
	}, nil
}

// asStored is a policy as controllers get it: with the API server's defaults, and as etcd keeps it,
// where an empty list is the same as none. Of a policy with `ingress: []`, which admits nobody,
// evaluateIngress would say that it admits everybody.
func asStored(policy *networkingv1.NetworkPolicy) (*networkingv1.NetworkPolicy, error) {
	defaulted := policy.DeepCopy()
	defaults.SetObjectDefaults_NetworkPolicy(defaulted)
	encoded, err := defaulted.Marshal()
	if err != nil {
		return nil, err
	}
	stored := &networkingv1.NetworkPolicy{}
	return stored, stored.Unmarshal(encoded)
}

# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The API objects of the cluster, sent by one curl over one connection: a kubectl per object
# (or kubectl's own rate limit) would take longer than all the rest of the lab together.

# object METHOD PATH [CONTENT_TYPE]: queues the body on standard input.
object() {
	local body=$LAB_DIR/objects/$((++object_count))
	cat >"$body"
	{
		((object_count == 1)) || printf 'next\n'
		printf 'url = "%s"\nrequest = %s\nheader = "Content-Type: %s"\ndata-binary = "@%s"\n' \
			"$(api_url "$2")" "$1" "${3:-application/json}" "$body"
		printf 'silent\nshow-error\nnoproxy = "*"\nmax-time = 20\noutput = "%s"\nwrite-out = "%%{http_code} %s %s %s\\n"\n' \
			"$body.answer" "$object_count" "$1" "$2"
		printf 'cacert = "%s"\ncert = "%s"\nkey = "%s"\n' "$LAB_DIR/pki/ca.crt" "$LAB_DIR/pki/admin.crt" "$LAB_DIR/pki/admin.key"
	} >>"$LAB_DIR/objects/requests"
}

# status PATH: the object's status (or part of it) on standard input, as {"status": …}.
status() { object PATCH "$1/status" application/merge-patch+json; }

objects_begin() {
	rm -rf "$LAB_DIR/objects"
	mkdir -p "$LAB_DIR/objects"
	object_count=0
}

objects_send() {
	local code number what
	curl -K "$LAB_DIR/objects/requests" >"$LAB_DIR/log/objects" 2>&1 || true
	while read -r code number what; do
		case $code in
		2?? | 409) ;; # 409: kube-apiserver itself was quicker, e.g. with its namespaces
		*)
			die "$LAB_EX_FAIL" "kube-apiserver refused: $what ($code): $(head -c 600 "$LAB_DIR/objects/$number.answer" 2>/dev/null)" \
				"read $LAB_DIR/log/objects"
			;;
		esac
	done <"$LAB_DIR/log/objects"
	rm -rf "$LAB_DIR/objects"
}

objects_static() {
	local document path
	while IFS= read -r -d $'\f' document; do
		[[ $document =~ ^[[:space:]]*#\ POST\ ([^[:space:]]+) ]] || continue
		path=${BASH_REMATCH[1]}
		object POST "$path" application/yaml <<<"$document"
	done < <(sed "$(dual || printf '/# dual-stack$/d')
		s|^---\$|\\f|; s|@VERSION@|$LAB_VERSION|g; s|@POD_NET@|$LAB_POD_NET|g; s|@SERVICE_CIDR@|$LAB_SERVICE_CIDR|g
		s|@DNS_IP@|$LAB_DNS_SERVICE_IP|g; s|@WEB_IP@|$LAB_WEB_SERVICE_IP|g; s|@WEB_PORT@|$LAB_WEB_PORT|g
		s|@DNS_IP6@|$(twin "$LAB_DNS_SERVICE_IP")|g; s|@WEB_IP6@|$(twin "$LAB_WEB_SERVICE_IP")|g; s|@IPV6_NETWORK@|$(! dual || printf ' "EnableIPv6": true, "IPv6Network": "%s::/48",' "$LAB_POD_NET6")|" \
		"$LAB_HOME/manifests/cluster.yaml"; printf '\f')
}

object_node() {
	local n=$1 now=$2 zone="zone-a" role='' annotations='' cidrs='' address=''
	if dual; then
		# shellcheck disable=SC2059
		annotations="\"flannel.alpha.coreos.com/backend-v6-data\": \"{\\\"VNI\\\":1,\\\"VtepMAC\\\":\\\"$(printf "$LAB_VTEP_FORMAT6" "$n")\\\"}\",
		   \"flannel.alpha.coreos.com/public-ipv6\": \"$(twin "$(node_ip "$n")")\","
		cidrs=", \"$LAB_POD_NET6:$n::/64\""
		address="{\"type\": \"InternalIP\", \"address\": \"$(twin "$(node_ip "$n")")\"},"
	fi
	((n % 2)) || zone="zone-b"
	((n != 1)) || role=', "node-role.kubernetes.io/master": ""'
	object POST /api/v1/nodes <<-END
		{"apiVersion": "v1", "kind": "Node",
		 "metadata": {"name": "node$n",
		  "labels": {"kubernetes.io/hostname": "node$n", "kubernetes.io/os": "linux", "kubernetes.io/arch": "$LAB_ARCH",
		   "beta.kubernetes.io/os": "linux", "beta.kubernetes.io/arch": "$LAB_ARCH",
		   "topology.kubernetes.io/region": "lab", "topology.kubernetes.io/zone": "$zone"$role},
		  "annotations": {"flannel.alpha.coreos.com/backend-type": "vxlan",
		   "flannel.alpha.coreos.com/backend-data": "{\"VNI\":1,\"VtepMAC\":\"$(node_vtep_mac "$n")\"}",
		   "flannel.alpha.coreos.com/kube-subnet-manager": "true", $annotations
		   "flannel.alpha.coreos.com/public-ip": "$(node_ip "$n")",
		   "node.alpha.kubernetes.io/ttl": "0"}},
		 "spec": {"podCIDR": "$LAB_POD_NET.$n.0/24", "podCIDRs": ["$LAB_POD_NET.$n.0/24"$cidrs]},
		 "status": {
		  "addresses": [{"type": "InternalIP", "address": "$(node_ip "$n")"}, $address {"type": "Hostname", "address": "node$n"}],
		  "capacity": {"cpu": "$LAB_CPUS", "memory": "${LAB_MEMORY}Ki", "pods": "110"},
		  "allocatable": {"cpu": "$LAB_CPUS", "memory": "${LAB_MEMORY}Ki", "pods": "110"},
		  "nodeInfo": {"machineID": "$(<"$LAB_DIR/nodes/node$n/etc/machine-id")", "systemUUID": "", "bootID": "$LAB_BOOT_ID",
		   "kernelVersion": "$LAB_KERNEL", "osImage": "$LAB_OS", "operatingSystem": "linux", "architecture": "$LAB_ARCH",
		   "containerRuntimeVersion": "containerd://1.6.20", "kubeletVersion": "$LAB_VERSION", "kubeProxyVersion": "$LAB_VERSION"},
		  "conditions": [
		   {"type": "NetworkUnavailable", "status": "False", "reason": "FlannelIsUp", "message": "Flannel is running on this node", "lastHeartbeatTime": "$now", "lastTransitionTime": "$now"},
		   {"type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory", "lastHeartbeatTime": "$now", "lastTransitionTime": "$now"},
		   {"type": "DiskPressure", "status": "False", "reason": "KubeletHasNoDiskPressure", "lastHeartbeatTime": "$now", "lastTransitionTime": "$now"},
		   {"type": "PIDPressure", "status": "False", "reason": "KubeletHasSufficientPID", "lastHeartbeatTime": "$now", "lastTransitionTime": "$now"},
		   $(node_ready True "$now")]}}
	END
}

node_ready() { # node_ready True|Unknown TIME: the condition
	if [[ $1 == True ]]; then
		printf '{"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status", "lastHeartbeatTime": "%s", "lastTransitionTime": "%s"}' "$2" "$2"
	else
		printf '{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status.", "lastHeartbeatTime": "%s", "lastTransitionTime": "%s"}' "$2" "$2"
	fi
}

# object_pod NAMESPACE NAME NODE IP HOST_NETWORK LABELS IMAGE OWNER_KIND/OWNER TIME [EXTRA_CONTAINER_FIELDS]
object_pod() {
	local namespace=$1 name=$2 n=$3 ip=$4 host=$5 labels=$6 image=$7 owner=$8 now=$9 extra=${10:-} container=$2 owners=
	container=${owner#*/}
	[[ $owner == - ]] && container=web ||
		owners="\"ownerReferences\": [{\"apiVersion\": \"apps/v1\", \"kind\": \"${owner%/*}\", \"name\": \"${owner#*/}\", \"uid\": \"$(uid "$owner")\", \"controller\": true}],"
	[[ $owner == ReplicaSet/* ]] && container=coredns
	object POST "/api/v1/namespaces/$namespace/pods" <<-END
		{"apiVersion": "v1", "kind": "Pod",
		 "metadata": {"name": "$name", "namespace": "$namespace", $owners "labels": $labels},
		 "spec": {"nodeName": "node$n", "hostNetwork": $host, "containers": [{"name": "$container", "image": "$image"$extra}],
		  "tolerations": [{"operator": "Exists"}]}}
	END
	status "/api/v1/namespaces/$namespace/pods/$name" <<-END
		{"status": {"phase": "Running", "hostIP": "$(node_ip "$n")", "podIP": "$ip", "podIPs": [{"ip": "$(with_twin "$ip" '"}, {"ip": "')"}], "startTime": "$now",
		 "conditions": [{"type": "Initialized", "status": "True", "lastTransitionTime": "$now"}, {"type": "Ready", "status": "True", "lastTransitionTime": "$now"},
		  {"type": "ContainersReady", "status": "True", "lastTransitionTime": "$now"}, {"type": "PodScheduled", "status": "True", "lastTransitionTime": "$now"}],
		 "containerStatuses": [{"name": "$container", "image": "$image", "imageID": "", "containerID": "containerd://$(printf '%s/%s' "$namespace" "$name" | sha256sum | cut -d ' ' -f 1)",
		  "ready": true, "started": true, "restartCount": 0, "state": {"running": {"startedAt": "$now"}}}]}}
	END
}

uid() { # a made-up but constant uid for an owner
	printf '%s' "$1" | md5sum | sed 's/\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/'
}

dns_pod_name() { # dns_pod_name NODE INDEX
	printf 'coredns-74ff55c5b-%s' "$(printf '%s-%s' "$1" "$2" | md5sum | tr 'aeiou01' 'bcdfghk' | head -c 5)"
}
daemon_pod_name() { # daemon_pod_name DAEMONSET NODE
	printf '%s-%s' "$1" "$(printf '%s-%s' "$1" "$2" | md5sum | tr 'aeiou01' 'bcdfghk' | head -c 5)"
}

# endpoint_slice NAMESPACE SERVICE LABELS PORTS IPv4|IPv6 ENDPOINTS
endpoint_slice() {
	object POST "/apis/discovery.k8s.io/$LAB_SLICE_VERSION/namespaces/$1/endpointslices" <<-END
		{"apiVersion": "discovery.k8s.io/$LAB_SLICE_VERSION", "kind": "EndpointSlice", "addressType": "$5",
		 "metadata": {"name": "$2-$(uid "$1$2${5#IPv4}" | tr 'aeiou01' 'bcdfghk' | head -c 5)", "namespace": "$1",
		  "labels": {"kubernetes.io/service-name": "$2", "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", $3}},
		 "endpoints": [$6], "ports": $4}
	END
}

# endpoints NAMESPACE SERVICE LABELS "PORTS of Endpoints" "PORTS of EndpointSlice" NODE:IP:POD...
endpoints() {
	local namespace=$1 service=$2 labels=$3 ports=$4 slice_ports=$5 entry node ip pod tail addresses=() slices=() slices6=() IFS=,
	shift 5
	for entry in "$@"; do
		IFS=: read -r node ip pod <<<"$entry"
		addresses+=("{\"ip\": \"$ip\", \"nodeName\": \"node$node\", \"targetRef\": {\"kind\": \"Pod\", \"namespace\": \"$namespace\", \"name\": \"$pod\"}}")
		tail="\"nodeName\": \"node$node\""
		[[ $LAB_SLICE_VERSION == v1 ]] || tail="\"topology\": {\"kubernetes.io/hostname\": \"node$node\"}"
		tail="\"conditions\": {\"ready\": true}, $tail, \"targetRef\": {\"kind\": \"Pod\", \"namespace\": \"$namespace\", \"name\": \"$pod\"}}"
		slices+=("{\"addresses\": [\"$ip\"], $tail")
		! dual || slices6+=("{\"addresses\": [\"$(twin "$ip")\"], $tail")
	done
	object POST "/api/v1/namespaces/$namespace/endpoints" <<-END
		{"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "$service", "namespace": "$namespace", "labels": {$labels}},
		 "subsets": [{"addresses": [${addresses[*]}], "ports": $ports}]}
	END
	endpoint_slice "$namespace" "$service" "$labels" "$slice_ports" IPv4 "${slices[*]}"
	! dual || endpoint_slice "$namespace" "$service" "$labels" "$slice_ports" IPv6 "${slices6[*]}"
}

json_number() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

objects_apply() {
	local total=$1 now n index name dns=() web=()
	LAB_VERSION=$(api_curl "$(api_url /version)" | json_number gitVersion)
	LAB_SLICE_VERSION=v1beta1
	if [[ $(api_curl "$(api_url /apis/discovery.k8s.io)") == *discovery.k8s.io/v1\"* ]]; then LAB_SLICE_VERSION=v1; fi
	LAB_ARCH=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
	LAB_CPUS=$(nproc)
	LAB_MEMORY=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	LAB_KERNEL=$(uname -r)
	LAB_BOOT_ID=$(</proc/sys/kernel/random/boot_id)
	LAB_OS=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	objects_begin
	objects_static
	for ((n = 1; n <= total; ++n)); do
		object_node "$n" "$now"
		object_pod kube-flannel "$(daemon_pod_name kube-flannel-ds "$n")" "$n" "$(node_ip "$n")" true \
			'{"app": "flannel", "k8s-app": "flannel", "tier": "node"}' docker.io/flannel/flannel:v0.22.3 DaemonSet/kube-flannel-ds "$now"
		object_pod kube-system "$(daemon_pod_name kube-proxy "$n")" "$n" "$(node_ip "$n")" true \
			'{"k8s-app": "kube-proxy"}' "k8s.gcr.io/kube-proxy:$LAB_VERSION" DaemonSet/kube-proxy "$now"
		object_pod default "web-$n" "$n" "$(pod_ip "$n" 1)" false '{"app": "web"}' docker.io/library/busybox:1.35 - "$now" \
			", \"ports\": [{\"name\": \"http\", \"containerPort\": $LAB_WEB_PORT}]"
		web+=("$n:$(pod_ip "$n" 1):web-$n")
	done
	while read -r n index; do
		name=$(dns_pod_name "$n" "$index")
		object_pod kube-system "$name" "$n" "$(pod_ip "$n" "$index")" false '{"k8s-app": "kube-dns", "pod-template-hash": "74ff55c5b"}' \
			k8s.gcr.io/coredns:1.7.0 ReplicaSet/coredns-74ff55c5b "$now" \
			', "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}}'
		dns+=("$n:$(pod_ip "$n" "$index"):$name")
	done < <(dns_pods "$total")
	endpoints kube-system kube-dns '"k8s-app": "kube-dns"' \
		'[{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]' \
		'[{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]' "${dns[@]}"
	endpoints default web '"app": "web"' "[{\"name\": \"http\", \"port\": $LAB_WEB_PORT, \"protocol\": \"TCP\"}]" \
		"[{\"name\": \"http\", \"port\": $LAB_WEB_PORT, \"protocol\": \"TCP\"}]" "${web[@]}"
	endpoints default web-headless '"app": "web", "service.kubernetes.io/headless": ""' "[{\"name\": \"http\", \"port\": $LAB_WEB_PORT, \"protocol\": \"TCP\"}]" \
		"[{\"name\": \"http\", \"port\": $LAB_WEB_PORT, \"protocol\": \"TCP\"}]" "${web[@]}"
	for name in kube-system/daemonsets/kube-proxy kube-flannel/daemonsets/kube-flannel-ds; do
		status "/apis/apps/v1/namespaces/$name" <<-END
			{"status": {"currentNumberScheduled": $total, "desiredNumberScheduled": $total, "numberAvailable": $total, "numberReady": $total,
			 "numberMisscheduled": 0, "updatedNumberScheduled": $total, "observedGeneration": 1}}
		END
	done
	status /apis/apps/v1/namespaces/kube-system/deployments/coredns <<-END
		{"status": {"availableReplicas": 2, "readyReplicas": 2, "replicas": 2, "updatedReplicas": 2, "observedGeneration": 1}}
	END
	objects_send
}

# node_condition NODE True|Unknown: what the control plane knows of the node's kubelet.
node_condition() {
	local now
	now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	api_curl -o /dev/null --fail -X PATCH -H 'Content-Type: application/strategic-merge-patch+json' \
		--data "{\"status\": {\"conditions\": [$(node_ready "$2" "$now")]}}" "$(api_url "/api/v1/nodes/node$1/status")"
}

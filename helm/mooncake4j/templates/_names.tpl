{{/* Names, labels and addresses. */}}

{{- define "mooncake4j.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 40 characters: what is appended to it, by us and by Kubernetes, has to fit into 63. */}}
{{- define "mooncake4j.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What never changes, so that it can select. Argument: dict "root" $ "component" NAME */}}
{{- define "mooncake4j.selector" -}}
app.kubernetes.io/name: {{ include "mooncake4j.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "mooncake4j.labels" -}}
{{ include "mooncake4j.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "mooncake4j.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mooncake4j.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mooncake4j.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "mooncake4j.domain" -}}
{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}
{{- end -}}

{{- define "mooncake4j.mastersService" -}}
{{ include "mooncake4j.fullname" . }}-masters
{{- end -}}

{{/* All masters, one by one: whoever is told only one address can't go on when that one is away. */}}
{{- define "mooncake4j.masters" -}}
{{- $root := . -}}
{{- $all := list -}}
{{- range $i := until (int .Values.master.replicas) -}}
{{- $all = append $all (printf "%s-master-%d.%s.%s:%d" (include "mooncake4j.fullname" $root) $i (include "mooncake4j.mastersService" $root) (include "mooncake4j.domain" $root) (int $root.Values.master.rpcPort)) -}}
{{- end -}}
{{- join "," $all -}}
{{- end -}}

{{- define "mooncake4j.etcdEndpoints" -}}
{{- if .Values.etcd.embedded.enabled -}}
http://{{ include "mooncake4j.fullname" . }}-etcd-0.{{ include "mooncake4j.fullname" . }}-etcd.{{ include "mooncake4j.domain" . }}:2379
{{- else -}}
{{- join "," .Values.etcd.endpoints -}}
{{- end -}}
{{- end -}}

{{- define "mooncake4j.etcdPrefix" -}}
{{- default (printf "/mooncake4j/%s/%s/" .Release.Namespace (include "mooncake4j.fullname" .)) .Values.etcd.prefix -}}
{{- end -}}

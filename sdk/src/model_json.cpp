#include <fairlead/error.hpp>
#include <fairlead/model/checks.hpp>
#include <fairlead/model/objects.hpp>
#include <fairlead/model/resolve.hpp>
#include <fairlead/model_json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

// The wire form of model.hpp. The only file of the SDK that includes nlohmann/json: the templates
// below are instantiated here once, so that neither plugins nor core pay for them.

namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& out, const std::optional<T>& value) {
    if (value) out = *value;
  }
  static void from_json(const json& in, std::optional<T>& value) { value = in.template get<T>(); }
};

}  // namespace nlohmann

namespace fairlead {

namespace {

using nlohmann::json;

template <class E, std::size_t N>
using Words = std::array<std::pair<E, std::string_view>, N>;

template <class E, std::size_t N>
void word_to_json(json& out, E value, const Words<E, N>& words) {
  for (const auto& [known, word] : words) {
    if (known == value) out = word;
  }
}

template <class E, std::size_t N>
std::optional<E> word_from_json(const json& in, const Words<E, N>& words) {
  const auto& text = in.get_ref<const std::string&>();
  for (const auto& [known, word] : words) {
    if (word == text) return known;
  }
  return std::nullopt;
}

constexpr Words<Builder, 2> builder_words{
    {{Builder::automatic, "automatic"}, {Builder::classic, "classic"}}};
constexpr Words<MountType, 3> mount_words{
    {{MountType::bind, "bind"}, {MountType::volume, "volume"}, {MountType::tmpfs, "tmpfs"}}};
constexpr Words<ObjectKind, 2> object_words{
    {{ObjectKind::image, "image"}, {ObjectKind::volume, "volume"}}};
constexpr Words<InstanceState, 8> state_words{{{InstanceState::created, "created"},
                                               {InstanceState::running, "running"},
                                               {InstanceState::paused, "paused"},
                                               {InstanceState::restarting, "restarting"},
                                               {InstanceState::stopped, "stopped"},
                                               {InstanceState::removing, "removing"},
                                               {InstanceState::dead, "dead"},
                                               {InstanceState::unknown, "unknown"}}};

}  // namespace

void to_json(json& out, Builder value) { word_to_json(out, value, builder_words); }
void from_json(const json& in, Builder& value) {
  value = word_from_json(in, builder_words).value_or(Builder::automatic);
}

void to_json(json& out, MountType value) { word_to_json(out, value, mount_words); }
// A mount of a type that we do not know must not become a bind mount.
void from_json(const json& in, MountType& value) {
  const auto known = word_from_json(in, mount_words);
  if (!known) {
    throw Error(Status::invalid, "wire.malformed",
                "there is no mount type '" + in.get<std::string>() + "'");
  }
  value = *known;
}

void to_json(json& out, ObjectKind value) { word_to_json(out, value, object_words); }
// What we do not know must not be removed as an image.
void from_json(const json& in, ObjectKind& value) {
  const auto known = word_from_json(in, object_words);
  if (!known) {
    throw Error(Status::invalid, "wire.malformed",
                "there is no kind of object '" + in.get<std::string>() + "'");
  }
  value = *known;
}

void to_json(json& out, InstanceState value) { word_to_json(out, value, state_words); }
void from_json(const json& in, InstanceState& value) {
  value = word_from_json(in, state_words).value_or(InstanceState::unknown);
}

void to_json(json& out, const FdRef& value) {
  if (value) out = json{{"fd", value.fd}};
}
void from_json(const json& in, FdRef& value) { value.fd = in.value("fd", -1); }

void to_json(json& out, const Empty& /*value*/) { out = json::object(); }
void from_json(const json& /*in*/, Empty& /*value*/) {}
void to_json(json& out, const ChecksRequest& /*value*/) { out = json::object(); }
void from_json(const json& /*in*/, ChecksRequest& /*value*/) {}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ProbeRequest, builder, gpu)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Check, name, outcome, message, hint)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ChecksReply, checks)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TerminalSize, rows, cols)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Terminal, size, term)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ConfigureRequest, settings, environment,
                                                working_directory)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Capabilities, build, pull, image_inspection,
                                                live_binds, named_volumes, keeps_filesystem,
                                                stable_identity, exec_user, exec_env, exec_cwd,
                                                exec_tty, exec_half_close, exec_signal, dial,
                                                publish, service_groups, run_args, privileged,
                                                capabilities, gpu, uid_remap, events, logs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ProbeReply, engine, version, api_version, endpoint,
                                                os, arch, local, gpu_runtime, builder, buildkit,
                                                build_contexts, capabilities)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InspectImageRequest, image, platform)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ImageInfo, id, tags, user, env, entrypoint, command,
                                                working_directory, labels, os, arch, variant)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PullImageRequest, image, platform, credentials)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Group, files, folder, service, run_services,
                                                project, state_folder, cache_folder)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BuildImageRequest, dockerfile, context, target,
                                                args, tags, labels, cache_from, cache_to, contexts,
                                                options, platform, output, push, no_cache, pull,
                                                builder, credentials, group)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BuildImageReply, image_id, builder)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ResolveGroupRequest, group)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(GroupImage, service, image, platform, pull,
                                                dockerfile, target, args)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ResolveGroupReply, project, image, build, builds,
                                                user, entrypoint, command, services, group_labels,
                                                labels, wishes, images)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Mount, type, source, target, read_only, consistency,
                                                options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PublishedPort, host_address, host_port,
                                                container_port, protocol)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CreateRequest, name, image, entrypoint, command,
                                                env, user, remote_user, working_directory, mounts,
                                                ports, cap_add, security_opt, privileged, init, gpu,
                                                labels, run_args, group)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InstanceInfo, id, name, image, image_id, state,
                                                status, exit_code, created, started, labels, user,
                                                env, mounts, ports, group, service, detailed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CreateReply, id, warnings)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StartRequest, id, group)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StartReply, id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StopRequest, id, timeout_seconds, group)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RemoveRequest, id, force, volumes, group)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InspectRequest, id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ListRequest, labels, all)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ListReply, instances)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ExecRequest, id, argv, env, user, working_directory,
                                                terminal, in, out, err, ends_with_input)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ExecReply, exit_code)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ExecControlRequest, exec, resize, signal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LogsRequest, id, follow, timestamps, tail, since,
                                                out, err)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CopyInRequest, id, path, archive)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CopyOutRequest, id, path, archive)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DialRequest, id, host, port, socket)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DialReply, stream)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(WatchRequest, labels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StoredObject, id, names, labels, created,
                                                size_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ObjectsRequest, kind, labels, unused)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ObjectsReply, objects)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RemoveObjectRequest, kind, id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RegistryDigestRequest, image, credentials)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RegistryDigestReply, digest, stored)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CommitRequest, id, image)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CommitReply, image_id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(HostOpenRequest, address)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(HostDescription, os, arch, user, uid, gid, home,
                                                local, cpus, memory_bytes, storage_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SpawnRequest, argv, env, clean_env,
                                                working_directory, terminal, in, out, err)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SpawnReply, exit_code)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SpawnControlRequest, process, resize, signal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(HostDialRequest, host, port, socket)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PlannedFeature, id, folder, metadata, user_options,
                                                options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FeaturesPlanRequest, config, config_folder,
                                                workspace_folder, additional_features, drop_in)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FeaturesPlanReply, features, warnings)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FeaturesInstallRequest, features, staging_folder,
                                                base_image, base_image_id, build, image_user,
                                                container_user, remote_user, metadata,
                                                container_env, buildkit, named_contexts,
                                                omit_syntax_directive)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FeaturesInstallReply, builds, content_hash)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PortsDetectRequest, id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DetectedPort, address, port, command)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PortsForwardRequest, id, host, port, local_address,
                                                local_port)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Progress, id, text, current, total)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InstanceEvent, id, action, labels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Event, started, progress, output, warning, instance)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Failure, code, message, hint)

namespace {

// On the wire absent is absent: writers of other languages may say null, ours never does.
void drop_nulls(json& value) {
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end();) {
      if (member->is_null()) {
        member = value.erase(member);
      } else {
        drop_nulls(*member);
        ++member;
      }
    }
  } else if (value.is_array()) {
    for (auto& item : value) drop_nulls(item);
  }
}

json parse_object(std::string_view text) {
  auto value = json::parse(text, nullptr, false);
  if (!value.is_object()) {
    throw Error(Status::invalid, "wire.malformed",
                "not a JSON object: '" + std::string(text.substr(0, 80)) + "'");
  }
  drop_nulls(value);
  return value;
}

std::string dump(json value) {
  drop_nulls(value);
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

template <class T>
std::string encode(const T& value) {
  return dump(json(value));
}

template <class T>
T decode(std::string_view text) {
  const json value = parse_object(text);
  try {
    return value.get<T>();
  } catch (const json::exception& problem) {
    throw Error(Status::invalid, "wire.malformed", problem.what());
  }
}

#define FAIRLEAD_WIRE(type)                 \
  template std::string encode(const type&); \
  template type decode<type>(std::string_view)

FAIRLEAD_WIRE(ConfigureRequest);
FAIRLEAD_WIRE(Capabilities);
FAIRLEAD_WIRE(ProbeRequest);
FAIRLEAD_WIRE(ProbeReply);
FAIRLEAD_WIRE(ResolveGroupRequest);
FAIRLEAD_WIRE(ResolveGroupReply);
FAIRLEAD_WIRE(InspectImageRequest);
FAIRLEAD_WIRE(ImageInfo);
FAIRLEAD_WIRE(PullImageRequest);
FAIRLEAD_WIRE(BuildImageRequest);
FAIRLEAD_WIRE(BuildImageReply);
FAIRLEAD_WIRE(Mount);
FAIRLEAD_WIRE(CreateRequest);
FAIRLEAD_WIRE(CreateReply);
FAIRLEAD_WIRE(StartRequest);
FAIRLEAD_WIRE(StartReply);
FAIRLEAD_WIRE(StopRequest);
FAIRLEAD_WIRE(RemoveRequest);
FAIRLEAD_WIRE(InspectRequest);
FAIRLEAD_WIRE(InstanceInfo);
FAIRLEAD_WIRE(ListRequest);
FAIRLEAD_WIRE(ListReply);
FAIRLEAD_WIRE(ExecRequest);
FAIRLEAD_WIRE(ExecReply);
FAIRLEAD_WIRE(ExecControlRequest);
FAIRLEAD_WIRE(LogsRequest);
FAIRLEAD_WIRE(CopyInRequest);
FAIRLEAD_WIRE(CopyOutRequest);
FAIRLEAD_WIRE(DialRequest);
FAIRLEAD_WIRE(DialReply);
FAIRLEAD_WIRE(WatchRequest);
FAIRLEAD_WIRE(ObjectsRequest);
FAIRLEAD_WIRE(ObjectsReply);
FAIRLEAD_WIRE(RemoveObjectRequest);
FAIRLEAD_WIRE(RegistryDigestRequest);
FAIRLEAD_WIRE(RegistryDigestReply);
FAIRLEAD_WIRE(CommitRequest);
FAIRLEAD_WIRE(CommitReply);
FAIRLEAD_WIRE(ChecksRequest);
FAIRLEAD_WIRE(ChecksReply);
FAIRLEAD_WIRE(HostOpenRequest);
FAIRLEAD_WIRE(HostDescription);
FAIRLEAD_WIRE(SpawnRequest);
FAIRLEAD_WIRE(SpawnReply);
FAIRLEAD_WIRE(SpawnControlRequest);
FAIRLEAD_WIRE(HostDialRequest);
FAIRLEAD_WIRE(PlannedFeature);
FAIRLEAD_WIRE(FeaturesPlanRequest);
FAIRLEAD_WIRE(FeaturesPlanReply);
FAIRLEAD_WIRE(FeaturesInstallRequest);
FAIRLEAD_WIRE(FeaturesInstallReply);
FAIRLEAD_WIRE(PortsDetectRequest);
FAIRLEAD_WIRE(DetectedPort);
FAIRLEAD_WIRE(PortsForwardRequest);
FAIRLEAD_WIRE(Event);
FAIRLEAD_WIRE(Failure);
FAIRLEAD_WIRE(Empty);

}  // namespace fairlead

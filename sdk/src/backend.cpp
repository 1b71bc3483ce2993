#include "trampoline.hpp"

#include <fairlead/sdk/backend.hpp>

namespace fairlead::sdk {

namespace {

[[noreturn]] void unsupported(const char* operation) {
  throw Error(Status::unsupported, "backend.unsupported",
              std::string("the backend has no operation '") + operation + "'");
}

}  // namespace

void Backend::configure(const ConfigureRequest& /*request*/) {}
ResolveGroupReply Backend::resolve(const ResolveGroupRequest& /*request*/, Call& /*call*/) {
  unsupported("resolve");
}
ImageInfo Backend::inspect_image(const InspectImageRequest& /*request*/, Call& /*call*/) {
  unsupported("inspect_image");
}
Empty Backend::pull_image(const PullImageRequest& /*request*/, Call& /*call*/) {
  unsupported("pull_image");
}
BuildImageReply Backend::build_image(const BuildImageRequest& /*request*/, Call& /*call*/) {
  unsupported("build_image");
}
CreateReply Backend::create(const CreateRequest& /*request*/, Call& /*call*/) {
  unsupported("create");
}
StartReply Backend::start(const StartRequest& /*request*/, Call& /*call*/) { unsupported("start"); }
Empty Backend::stop(const StopRequest& /*request*/, Call& /*call*/) { unsupported("stop"); }
Empty Backend::remove(const RemoveRequest& /*request*/, Call& /*call*/) { unsupported("remove"); }
InstanceInfo Backend::inspect(const InspectRequest& /*request*/, Call& /*call*/) {
  unsupported("inspect");
}
ListReply Backend::list(const ListRequest& /*request*/, Call& /*call*/) { unsupported("list"); }
ExecReply Backend::exec(const ExecRequest& /*request*/, Call& /*call*/) { unsupported("exec"); }
Empty Backend::exec_control(const ExecControlRequest& /*request*/, Call& /*call*/) {
  unsupported("exec_control");
}
Empty Backend::logs(const LogsRequest& /*request*/, Call& /*call*/) { unsupported("logs"); }
Empty Backend::copy_in(const CopyInRequest& /*request*/, Call& /*call*/) { unsupported("copy_in"); }
Empty Backend::copy_out(const CopyOutRequest& /*request*/, Call& /*call*/) {
  unsupported("copy_out");
}
DialReply Backend::dial(const DialRequest& /*request*/, Call& /*call*/) { unsupported("dial"); }
Empty Backend::watch(const WatchRequest& /*request*/, Call& /*call*/) { unsupported("watch"); }
ObjectsReply Backend::objects(const ObjectsRequest& /*request*/, Call& /*call*/) {
  unsupported("objects");
}
Empty Backend::remove_object(const RemoveObjectRequest& /*request*/, Call& /*call*/) {
  unsupported("remove_object");
}

RegistryDigestReply Backend::registry_digest(const RegistryDigestRequest& /*request*/,
                                             Call& /*call*/) {
  unsupported("registry_digest");
}
ChecksReply Backend::checks(const ChecksRequest& /*request*/, Call& /*call*/) {
  unsupported("checks");
}
CommitReply Backend::commit(const CommitRequest& /*request*/, Call& /*call*/) {
  unsupported("commit");
}

namespace detail {

namespace {
template <auto Method>
constexpr fairlead_op slot = op<&Instance::backend, Method>;
}  // namespace

const fairlead_backend backend_table = {
    sizeof(fairlead_backend),
    0,
    slot<&Backend::probe>,
    slot<&Backend::resolve>,
    slot<&Backend::inspect_image>,
    slot<&Backend::pull_image>,
    slot<&Backend::build_image>,
    slot<&Backend::create>,
    slot<&Backend::start>,
    slot<&Backend::stop>,
    slot<&Backend::remove>,
    slot<&Backend::inspect>,
    slot<&Backend::list>,
    slot<&Backend::exec>,
    slot<&Backend::exec_control>,
    slot<&Backend::logs>,
    slot<&Backend::copy_in>,
    slot<&Backend::copy_out>,
    slot<&Backend::dial>,
    slot<&Backend::watch>,
    slot<&Backend::objects>,
    slot<&Backend::remove_object>,
    slot<&Backend::registry_digest>,
    slot<&Backend::checks>,
    slot<&Backend::commit>,
};

}  // namespace detail

}  // namespace fairlead::sdk

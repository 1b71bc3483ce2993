#include "trampoline.hpp"

#include <fairlead/sdk/host.hpp>

namespace fairlead::sdk {

namespace {

[[noreturn]] void unsupported(const char* operation) {
  throw Error(Status::unsupported, "host.unsupported",
              std::string("the host has no operation '") + operation + "'");
}

}  // namespace

void Host::configure(const ConfigureRequest& /*request*/) {}
Empty Host::open(const HostOpenRequest& /*request*/, Call& /*call*/) { return {}; }
SpawnReply Host::spawn(const SpawnRequest& /*request*/, Call& /*call*/) { unsupported("spawn"); }
Empty Host::spawn_control(const SpawnControlRequest& /*request*/, Call& /*call*/) {
  unsupported("spawn_control");
}
DialReply Host::dial(const HostDialRequest& /*request*/, Call& /*call*/) { unsupported("dial"); }
Empty Host::close(const Empty& /*request*/, Call& /*call*/) { return {}; }

namespace detail {

namespace {
template <auto Method>
constexpr fairlead_op slot = op<&Instance::host, Method>;
}  // namespace

const fairlead_host host_table = {
    sizeof(fairlead_host),
    0,
    slot<&Host::open>,
    slot<&Host::describe>,
    slot<&Host::spawn>,
    slot<&Host::spawn_control>,
    slot<&Host::dial>,
    nullptr,  // listen
    nullptr,  // copy_in
    nullptr,  // copy_out
    slot<&Host::close>,
};

}  // namespace detail

}  // namespace fairlead::sdk

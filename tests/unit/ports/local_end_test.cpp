#include "ports/local_end.hpp"

#include "unit/ports/sockets.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>
#include <thread>

namespace fairlead::ports {
namespace {

TEST(LocalEndTest, ListensOnBothLoopbacks) {
  const auto end = open_local_end({});
  EXPECT_EQ(end.address, "127.0.0.1");
  EXPECT_TRUE(end.note.empty());
  EXPECT_TRUE(test::connect_tcp(end.port));
  if (end.listeners.size() < 2) return;  // a machine without IPv6
  EXPECT_TRUE(test::connect_tcp(end.port, /*six=*/true));
}

TEST(LocalEndTest, TakesTheNextPortWhenOneIsTaken) {  // PORT-005, PORT-012, VSC-015
  const auto other = test::listen_tcp();
  const int port = test::port_of(other);
  const auto end = open_local_end({.port = port});
  EXPECT_GT(end.port, port);
  EXPECT_NE(end.note.find("Port " + std::to_string(port) + " is taken by "), std::string::npos)
      << end.note;
  EXPECT_NE(end.note.find(std::to_string(end.port) + " is used instead"), std::string::npos);
  EXPECT_EQ(end.note.find('\n'), std::string::npos);
}

TEST(LocalEndTest, IsNotHiddenBehindAServerOnTheOtherLoopback) {
  const auto other = test::listen_tcp(0, /*six=*/true);
  if (!other) return;  // a machine without IPv6
  EXPECT_NE(open_local_end({.port = test::port_of(other)}).port, test::port_of(other));
}

TEST(LocalEndTest, NamesWhoHasARequiredPort) {  // PORT-012
  const auto other = test::listen_tcp();
  try {
    open_local_end({.port = test::port_of(other), .required = true});
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ports.taken");
    EXPECT_NE(error.message().find("(process " + std::to_string(::getpid()) + ')'),
              std::string::npos)
        << error.message();
  }
}

TEST(LocalEndTest, GoesAboveThePrivilegedPorts) {  // PORT-013
  EXPECT_EQ(other_ports(80, 1024).front(), 1025);
  EXPECT_EQ(other_ports(8080, 1024).front(), 8081);
  EXPECT_EQ(other_ports(80, 0).front(), 81);
  EXPECT_TRUE(other_ports(65535, 1024).empty());
}

/// This thread alone may not listen on privileged ports any more, whoever runs the tests.
void give_up_privileged_ports() {
  __user_cap_header_struct head{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  ASSERT_EQ(::syscall(SYS_capget, &head, sets.data()), 0);
  sets[0].effective &= ~(1U << CAP_NET_BIND_SERVICE);
  ASSERT_EQ(::syscall(SYS_capset, &head, sets.data()), 0);
}

TEST(LocalEndTest, LeavesPrivilegedPortsToThoseWhoMayHaveThem) {  // PORT-013
  int first_for_all = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_for_all;
  std::jthread([&] {
    give_up_privileged_ports();
    const auto end = open_local_end({.port = 1009});
    EXPECT_EQ(end.note.find("may not") == std::string::npos, first_for_all <= 1009) << end.note;
    if (first_for_all <= 1009) return;
    EXPECT_GT(end.port, 1024);
    EXPECT_EQ(end.note, "This user may not listen on port 1009, " + std::to_string(end.port) +
                            " is used instead.");
    EXPECT_TRUE(test::connect_tcp(end.port));
    try {
      open_local_end({.port = 1009, .required = true});
      ADD_FAILURE() << "required";
    } catch (const Error& error) {
      EXPECT_EQ(error.message(), "Cannot listen on port 1009: Permission denied");
    }
  }).join();
}

TEST(LocalEndTest, ListensWhereTheUserSays) {
  const auto end = open_local_end({.addresses = {"127.0.0.2"}});
  EXPECT_EQ(end.address, "127.0.0.2");
  EXPECT_EQ(end.listeners.size(), 1U);
  EXPECT_FALSE(test::connect_tcp(end.port));
}

TEST(LocalEndTest, RefusesWhatIsNoAddress) {
  try {
    open_local_end({.addresses = {"example"}});
    FAIL() << "no address";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "ports.bind");
  }
}

TEST(LocalEndTest, ListensOnASocketOfTheUsersOwn) {
  const test::Folder folder;
  const auto path = folder.below("a.sock");
  {
    const auto end = open_local_end({.socket = path});
    EXPECT_EQ(end.address, path);
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_THROW(open_local_end({.socket = path}), Error);
  }
  EXPECT_NO_THROW(open_local_end({.socket = path}));  // left behind: nobody's
}

}  // namespace
}  // namespace fairlead::ports

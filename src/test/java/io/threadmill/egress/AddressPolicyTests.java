package io.threadmill.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTests {

  private final AddressPolicy strict = new AddressPolicy(List.of(), false, _ -> false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.0.0.1",
        "0.255.255.255",
        "10.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.0.0.53",
        "127.1.2.3",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.169.123",
        "169.254.255.255",
        "172.16.0.0",
        "172.17.0.1",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.0.192",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.1",
        "192.0.2.255",
        "192.88.99.0",
        "192.88.99.1",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.1.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.7",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.9",
        "203.0.113.255",
        "224.0.0.0",
        "224.0.0.1",
        "232.1.1.1",
        "239.255.255.250",
        "239.255.255.255",
        "240.0.0.0",
        "240.0.0.1",
        "250.1.2.3",
        "255.255.255.254",
        "255.255.255.255",
        "::",
        "::1",
        "::2",
        "::7f00:1",
        "::a9fe:a9fe",
        "::808:808",
        "::ffff:0:127.0.0.1",
        "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "64:ff9b:1:fffe::a00:1",
        "100::",
        "100::1",
        "100:0:0:1::1",
        "2001::",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:1::1",
        "2001:1::2",
        "2001:2::1",
        "2001:3::1",
        "2001:4:112::1",
        "2001:10::1",
        "2001:20::1",
        "2001:30::1",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::",
        "2001:db8::1",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "4000::1",
        "5f00::1",
        "8000::1",
        "fc00::",
        "fc00::1",
        "fd00:ec2::254",
        "fdff:ffff::1",
        "fe00::1",
        "fe80::",
        "fe80::1",
        "fe80::a9fe:a9fe",
        "febf::1",
        "fec0::1",
        "feff::1",
        "ff00::1",
        "ff02::1",
        "ff02::fb",
        "ff05::2",
        "ff0e::1"
      })
  void closedAddressesAreClosed(String address) {
    assertThat(strict.open(InetAddress.ofLiteral(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.1",
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "93.184.215.14",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2400:cb00::1",
        "2606:4700:4700::1111",
        "2a00:1450:4001::1",
        "3ffe:ffff::1",
        "3fff:1000::1"
      })
  void publicAddressesAreOpen(String address) {
    assertThat(strict.open(InetAddress.ofLiteral(address))).isTrue();
  }

  @Test
  void mappedAddressesAreJudgedAsTheIpv4AddressInside() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    assertThat(strict.open(InetAddress.getByAddress(mapped))).isFalse();
    assertThat(strict.open(java.net.Inet6Address.getByAddress("x", mapped, 1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::c0a8:101",
        "64:ff9b:1::808:808"
      })
  void nat64NeverOpensWhatIsClosedInside(String address) {
    AddressPolicy policy = new AddressPolicy(List.of(), true, _ -> false);
    assertThat(policy.open(InetAddress.ofLiteral(address))).isFalse();
  }

  @Test
  void nat64OpensPublicAddressesOnlyWhenSwitchedOn() {
    InetAddress address = InetAddress.ofLiteral("64:ff9b::808:808");
    assertThat(new AddressPolicy(List.of(), true, _ -> false).open(address)).isTrue();
    assertThat(strict.open(address)).isFalse();
  }

  @Test
  void ownAddressesAreClosedEvenWhenPublic() {
    InetAddress own = InetAddress.ofLiteral("8.8.4.4");
    AddressPolicy policy = new AddressPolicy(List.of(), false, own::equals);
    assertThat(policy.open(own)).isFalse();
    assertThat(policy.open(InetAddress.ofLiteral("8.8.8.8"))).isTrue();
  }

  @Test
  void everyAddressOfThisMachineIsKnownAsOwn() throws Exception {
    OwnAddresses own = new OwnAddresses();
    assertThat(NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses))
        .isNotEmpty()
        .allMatch(own);
    assertThat(own.test(InetAddress.ofLiteral("8.8.8.8"))).isFalse();
  }

  @Test
  void anAllowedRangeIsOpenToItsLastBitAndNoFurther() {
    AddressPolicy policy =
        new AddressPolicy(
            Stream.of("10.1.0.0/17", "fd00::/120", "169.254.169.254").map(Cidr::parse).toList(),
            false,
            _ -> true);
    assertThat(Stream.of("10.1.0.0", "10.1.127.255", "fd00::ff", "169.254.169.254"))
        .allMatch(a -> policy.open(InetAddress.ofLiteral(a)));
    assertThat(Stream.of("10.1.128.0", "10.0.255.255", "fd00::100", "169.254.169.253"))
        .noneMatch(a -> policy.open(InetAddress.ofLiteral(a)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "localhost",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.1/8",
        "10.0.0/8",
        "10/8",
        "256.0.0.0/8",
        "010.0.0.0/8x",
        "fd00::/129",
        "fd00::1/8",
        "::ffff:10.0.0.0/104",
        "fe80::1%lo/128",
        "[::1]/128",
        "0x7f.0.0.1",
        "/8"
      })
  void badRangesAreRefused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theWidestRangesHoldEverythingOfTheirFamilyOnly() {
    Cidr four = Cidr.parse("0.0.0.0/0");
    assertThat(four.contains(InetAddress.ofLiteral("255.1.2.3"))).isTrue();
    assertThat(four.contains(InetAddress.ofLiteral("::1"))).isFalse();
    assertThat(Cidr.parse("::/0").contains(InetAddress.ofLiteral("ff02::1"))).isTrue();
  }
}
